(* Spec: what a reader of a certificate must understand beside Coq's real numbers and Coquelicot's [is_derive].
   An index over a size n runs through 0, ..., n - 1; an array is a function of its indices. *)
From Coq Require Export Reals.
From Coquelicot Require Export Coquelicot.
Open Scope R_scope.

(* Sums and products over an index, and the greatest value. *)
Fixpoint Sum (n : nat) (f : nat -> R) : R := match n with O => 0 | S m => Sum m f + f m end.
Fixpoint Prod (n : nat) (f : nat -> R) : R := match n with O => 1 | S m => Prod m f * f m end.
Fixpoint Max (n : nat) (f : nat -> R) : R :=
  match n with O => 0 | S m => match m with O => f O | S _ => Rmax (Max m f) (f m) end end.

(* Kronecker's delta; whether i is before j; a term of a sum that leaves the index i out; one entry of an array replaced by t. *)
Definition delta (i j : nat) : R := if Nat.eqb i j then 1 else 0.
Definition before (i j : nat) : R := if Nat.ltb i j then 1 else 0.
Definition except (i j : nat) (a : R) : R := (1 - delta i j) * a.
Definition put (s : nat -> R) (i : nat) (t : R) : nat -> R := fun a => if Nat.eqb a i then t else s a.
Definition put2 (W : nat -> nat -> R) (i k : nat) (t : R) : nat -> nat -> R :=
  fun a b => if andb (Nat.eqb a i) (Nat.eqb b k) then t else W a b.

(* a where a comparison holds, else b. *)
Definition choose {P Q : Prop} (c : {P} + {Q}) (a b : R) : R := if c then a else b.
Notation where_gt u v a b := (choose (Rlt_dec v u) a b).
Definition where_lt (u v a b : R) : R := where_gt v u a b.
Definition where_ge (u v a b : R) : R := where_gt v u b a.
Definition where_le (u v a b : R) : R := where_gt u v b a.
Definition where_ne (u v a b : R) : R := where_gt u v a (where_gt v u a b).
Definition where_eq (u v a b : R) : R := where_gt u v b (where_gt v u b a).
Definition where_before (i j : nat) (a b : R) : R := if Nat.ltb i j then a else b.
Definition where_same (i j : nat) (a b : R) : R := if Nat.eqb i j then a else b.

(* Functions. Coq's [ln], [sqrt], [/] are total: 0 or anything outside their domains; conditions keep claims inside. *)
Definition power (e x : R) : R := where_gt x 0 (Rpower x e) 0.
Notation "x ** e" := (power e x) (at level 30, right associativity).
Definition sigmoid (x : R) : R := 1 / (1 + exp (- x)).
Definition softplus (x : R) : R := ln (1 + exp x).
Definition erf (x : R) : R := 2 / sqrt PI * RInt (fun t => exp (- t ^ 2)) 0 x.
Definition simplex (n : nat) (c : nat -> R) : Prop := (forall j, (j < n)%nat -> 0 <= c j) /\ Sum n c = 1.
Definition onehot (n : nat) (y : nat -> R) : Prop :=
  exists t, (t < n)%nat /\ forall j, (j < n)%nat -> y j = delta t j.

(* Matrices: what a reader of a certificate with inverses or determinants must understand, beside Spec.
   A matrix over n is a function of two indices; only its entries at indices below n matter. *)
From Derive Require Export Spec.

(* The number that j, 0, 1, ..., becomes where k is left out; the determinant, expanded along its first row. *)
Definition skip (k j : nat) : nat := if Nat.ltb j k then j else S j.
Fixpoint Det (n : nat) (A : nat -> nat -> R) : R :=
  match n with
  | O => 1
  | S m => Sum (S m) (fun k => (-1) ^ k * A O k * Det m (fun i j => A (S i) (skip k j)))
  end.

(* The transpose of the matrix of cofactors; the inverse, which is one where the determinant is not 0; log |det|. *)
Definition Adj (n : nat) (A : nat -> nat -> R) (i j : nat) : R :=
  (-1) ^ (i + j) * Det (pred n) (fun a b => A (skip j a) (skip i b)).
Definition Inv (n : nat) (A : nat -> nat -> R) (i j : nat) : R := Adj n A i j / Det n A.
Definition Logdet (n : nat) (A : nat -> nat -> R) : R := ln (Rabs (Det n A)).

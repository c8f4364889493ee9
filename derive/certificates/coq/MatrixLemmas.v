(* Lemmas on determinants and inverses. Nothing here has to be read to understand what a certificate says. *)
From Coq Require Import Lra Lia Arith FunctionalExtensionality.
From Derive Require Export Matrices Lemmas.

(* ---------- 1. Determinants ---------- *)
Definition del (r c : nat) (A : nat -> nat -> R) : nat -> nat -> R := fun a b => A (skip r a) (skip c b).
Definition row (A : nat -> nat -> R) (i : nat) (v : nat -> R) : nat -> nat -> R :=
  fun a b => if Nat.eqb a i then v b else A a b.
Definition swp (A : nat -> nat -> R) (p : nat) : nat -> nat -> R :=
  fun a => if Nat.eqb a p then A (S p) else if Nat.eqb a (S p) then A p else A a.
Ltac skips := unfold skip in *; repeat match goal with
  | |- context [Nat.ltb ?a ?b] => destruct (Nat.ltb_spec a b)
  | |- context [Nat.eqb ?a ?b] => destruct (Nat.eqb_spec a b)
  end; try reflexivity; try lia.
Lemma Sum_first m f : Sum (S m) f = f O + Sum m (fun j => f (S j)).
Proof. induction m as [|m IH]; [simpl; ring|]. rewrite Sum_S, IH, Sum_S. ring. Qed.
Lemma Det_S m A : Det (S m) A = Sum (S m) (fun k => (-1) ^ k * A O k * Det m (del 0 k A)).
Proof. reflexivity. Qed.
Lemma Det_ext n : forall A B, (forall i j, (i < n)%nat -> (j < n)%nat -> A i j = B i j) -> Det n A = Det n B.
Proof.
  induction n as [|m IH]; intros A B H; [reflexivity|]. rewrite !Det_S. apply Sum_ext; intros k K.
  rewrite H, (IH (del 0 k A) (del 0 k B)); [reflexivity| |lia|lia]. intros i j I J. unfold del. apply H; skips.
Qed.
Lemma Det_column m : forall A, Det (S m) A = Sum (S m) (fun i => (-1) ^ i * A i O * Det m (del i 0 A)).
Proof.
  induction m as [|p IH]; intros A; [reflexivity|].
  rewrite Det_S, !(Sum_first (S p)). f_equal.
  transitivity (Sum (S p) (fun k => Sum (S p) (fun i => - ((-1) ^ k * (-1) ^ i) * A O (S k) * A (S i) O * Det p (del i k (del 0 0 A))))).
  - apply Sum_ext; intros k K. rewrite IH, <- Sum_scal. apply Sum_ext; intros i I.
    rewrite (Det_ext p (del i 0 (del 0 (S k) A)) (del i k (del 0 0 A))).
    + change (del 0 (S k) A i O) with (A (S i) O). cbn [pow]. ring.
    + intros a b _ _. unfold del. f_equal; skips.
  - rewrite Sum_swap. apply Sum_ext; intros i I. rewrite Det_S, <- Sum_scal. apply Sum_ext; intros k K.
    rewrite (Det_ext p (del 0 k (del (S i) 0 A)) (del i k (del 0 0 A))).
    + change (del (S i) 0 A O k) with (A O (S k)). cbn [pow]. ring.
    + intros a b _ _. unfold del. f_equal; skips.
Qed.
Lemma Det_transpose n : forall A, Det n (fun i j => A j i) = Det n A.
Proof.
  induction n as [|m IH]; intros A; [reflexivity|]. rewrite Det_S, Det_column. apply Sum_ext; intros k K.
  f_equal. rewrite <- IH. reflexivity.
Qed.
Lemma Det_linear n : forall A i c d u v, (i < n)%nat ->
  Det n (row A i (fun b => c * u b + d * v b)) = c * Det n (row A i u) + d * Det n (row A i v).
Proof.
  induction n as [|m IH]; intros A i c d u v I; [lia|]. rewrite !Det_S, <- !Sum_scal, <- Sum_plus.
  apply Sum_ext; intros k K. destruct i as [|i].
  - change (del 0 k (row A 0 (fun b => c * u b + d * v b))) with (del 0 k A).
    change (del 0 k (row A 0 u)) with (del 0 k A). change (del 0 k (row A 0 v)) with (del 0 k A). unfold row; simpl; ring.
  - change (del 0 k (row A (S i) (fun b => c * u b + d * v b)))
      with (row (del 0 k A) i (fun b => c * u (skip k b) + d * v (skip k b))).
    rewrite IH by lia. unfold row at 1; simpl. unfold row at 3 5; simpl.
    change (del 0 k (row A (S i) u)) with (row (del 0 k A) i (fun b => u (skip k b))).
    change (del 0 k (row A (S i) v)) with (row (del 0 k A) i (fun b => v (skip k b))). ring.
Qed.
Lemma Det_1 A : Det 1 A = A 0%nat 0%nat.
Proof. simpl. ring. Qed.
Lemma Det_2 A : Det 2 A = A 0%nat 0%nat * A 1%nat 1%nat - A 0%nat 1%nat * A 1%nat 0%nat.
Proof. simpl. unfold skip. simpl. ring. Qed.
Lemma Sum_none n f : (forall i, (i < n)%nat -> f i = 0) -> Sum n f = 0.
Proof. intros H. rewrite <- (Sum_zero n). now apply Sum_ext. Qed.
Lemma Sum_two n p f : (S p < n)%nat -> (forall i, (i < n)%nat -> i <> p -> i <> S p -> f i = 0) ->
  f p + f (S p) = 0 -> Sum n f = 0.
Proof.
  induction n as [|m IH]; intros P Z E; [lia|]. rewrite Sum_S. destruct (Nat.eq_dec (S p) m) as [<-|N].
  - rewrite Sum_S, Sum_none; [lra|]. intros i I. apply Z; lia.
  - rewrite (Z m), IH by (lia || exact E || (intros; apply Z; lia)). ring.
Qed.
Lemma Det_neighbours n : forall A p, (S p < n)%nat -> (forall b, (b < n)%nat -> A p b = A (S p) b) -> Det n A = 0.
Proof.
  induction n as [|m IH]; intros A p P E; [lia|]. rewrite Det_column. apply (Sum_two _ p); [lia| |].
  - intros i I N1 N2. assert (Z : Det m (del i 0 A) = 0); [|rewrite Z; ring].
    apply (IH _ (if Nat.ltb i p then pred p else p)); [skips|]. intros b B. unfold del.
    assert (X : forall q, q = p -> A q (skip 0 b) = A (S p) (skip 0 b)) by (intros q ->; apply E; skips).
    destruct (Nat.ltb_spec i p).
    + replace (skip i (S (pred p))) with (S p) by skips. apply X. skips.
    + replace (skip i (S p)) with (S p) by skips. apply X. skips.
  - rewrite (E O) by lia. rewrite (Det_ext m (del (S p) 0 A) (del p 0 A)); [cbn [pow]; ring|].
    intros a b H B. unfold del. destruct (Nat.eq_dec a p) as [->|N].
    + replace (skip (S p) p) with p by skips. replace (skip p p) with (S p) by skips. apply E. skips.
    + f_equal. skips.
Qed.
Lemma Det_swap n A p : (S p < n)%nat -> Det n (swp A p) = - Det n A.
Proof.
  intros P. set (M := fun u v => Det n (row (row A p u) (S p) v)).
  assert (Z : forall u, M u u = 0).
  { intros u. apply (Det_neighbours n _ p P). intros b _. unfold row. skips. }
  assert (L : forall c d u v w, M (fun b => c * u b + d * v b) w = c * M u w + d * M v w).
  { intros c d u v w. unfold M.
    assert (X : forall z, Det n (row (row A p z) (S p) w) = Det n (row (row A (S p) w) p z)).
    { intros z. apply Det_ext; intros a b _ _. unfold row. skips. }
    rewrite !X. apply Det_linear. lia. }
  assert (R : forall c d u v w, M w (fun b => c * u b + d * v b) = c * M w u + d * M w v).
  { intros c d u v w. unfold M. apply Det_linear. lia. }
  assert (E1 : Det n (swp A p) = M (A (S p)) (A p)).
  { apply Det_ext; intros a b _ _. unfold swp, row. skips. }
  assert (E2 : Det n A = M (A p) (A (S p))).
  { apply Det_ext; intros a b _ _. unfold row. skips; congruence. }
  pose proof (Z (fun b => 1 * A p b + 1 * A (S p) b)) as K. rewrite L, !R, !Z in K. rewrite E1, E2. lra.
Qed.
Lemma Det_expand m j : forall A, (j < S m)%nat ->
  Det (S m) A = Sum (S m) (fun k => (-1) ^ (j + k) * A j k * Det m (del j k A)).
Proof.
  induction j as [|j IH]; intros A J; [apply Det_S|].
  assert (E : Det (S m) A = - Det (S m) (swp A j)) by (rewrite Det_swap by lia; ring). rewrite E, IH by lia.
  replace (- Sum (S m) (fun k => (-1) ^ (j + k) * swp A j j k * Det m (del j k (swp A j))))
    with (-1 * Sum (S m) (fun k => (-1) ^ (j + k) * swp A j j k * Det m (del j k (swp A j)))) by ring.
  rewrite <- Sum_scal. apply Sum_ext; intros k K. rewrite (Det_ext m (del j k (swp A j)) (del (S j) k A)).
  - unfold swp at 1. rewrite Nat.eqb_refl. simpl. ring.
  - intros a b _ _. unfold del, swp. skips; try reflexivity; f_equal; lia.
Qed.
Lemma Det_equal_rows n d : forall A p, (p + S d < n)%nat ->
  (forall b, (b < n)%nat -> A p b = A (p + S d)%nat b) -> Det n A = 0.
Proof.
  induction d as [|d IH]; intros A p P E.
  - apply (Det_neighbours n A p); [lia|]. intros b B. rewrite (E b B). f_equal. lia.
  - assert (Det n (swp A (p + S d)) = 0); [|rewrite Det_swap in H by lia; lra].
    apply (IH _ p); [lia|]. intros b B. unfold swp. skips. rewrite (E b B). f_equal. lia.
Qed.
Lemma Det_row n A i v : (i < n)%nat -> Det n (row A i v) = Sum n (fun k => v k * Adj n A k i).
Proof.
  destruct n as [|m]; intros I; [lia|]. rewrite (Det_expand m i) by lia. apply Sum_ext; intros k K.
  unfold row at 1. rewrite Nat.eqb_refl. unfold Adj. simpl pred. rewrite (Nat.add_comm k i).
  rewrite (Det_ext m (del i k (row A i v)) (del i k A)); [unfold del; ring|].
  intros a b _ _. unfold del, row. skips.
Qed.

(* ---------- 2. Adjugates and inverses ---------- *)
Lemma Adj_right n A i j : (i < n)%nat -> (j < n)%nat -> Sum n (fun k => A i k * Adj n A k j) = delta i j * Det n A.
Proof.
  intros I J. rewrite <- Det_row by easy. destruct (Nat.eq_dec i j) as [->|N].
  - rewrite delta_refl, Rmult_1_l. apply Det_ext; intros a b _ _. unfold row. skips. congruence.
  - rewrite delta_neq, Rmult_0_l by easy. destruct (Nat.lt_ge_cases i j).
    + apply (Det_equal_rows n (j - i - 1) _ i); [lia|]. intros b B. unfold row. skips.
    + apply (Det_equal_rows n (i - j - 1) _ j); [lia|]. intros b B. unfold row. skips. f_equal; lia.
Qed.
Lemma Adj_transpose n A i j : Adj n (fun a b => A b a) i j = Adj n A j i.
Proof.
  unfold Adj. rewrite (Nat.add_comm i j). f_equal.
  rewrite <- (Det_transpose _ (fun a b => A (skip i a) (skip j b))). reflexivity.
Qed.
Lemma Adj_left n A i j : (i < n)%nat -> (j < n)%nat -> Sum n (fun k => Adj n A i k * A k j) = delta i j * Det n A.
Proof.
  intros I J. rewrite (delta_sym i j), <- (Det_transpose n A), <- (Adj_right n (fun a b => A b a) j i) by easy.
  apply Sum_ext; intros k K. rewrite Adj_transpose. ring.
Qed.
Lemma Inv_right n A : Det n A <> 0 -> forall i, (i < n)%nat -> forall j, (j < n)%nat ->
  Sum n (fun k => A i k * Inv n A k j) = delta i j.
Proof.
  intros D i I j J. transitivity (/ Det n A * Sum n (fun k => A i k * Adj n A k j)).
  - rewrite <- Sum_scal. apply Sum_ext; intros k K. unfold Inv, Rdiv. ring.
  - rewrite Adj_right by easy. field. easy.
Qed.
Lemma Inv_left n A : Det n A <> 0 -> forall i, (i < n)%nat -> forall j, (j < n)%nat ->
  Sum n (fun k => Inv n A i k * A k j) = delta i j.
Proof.
  intros D i I j J. transitivity (/ Det n A * Sum n (fun k => Adj n A i k * A k j)).
  - rewrite <- Sum_scal. apply Sum_ext; intros k K. unfold Inv, Rdiv. ring.
  - rewrite Adj_left by easy. field. easy.
Qed.
Lemma Adj_Inv n A : Det n A <> 0 -> Adj n A = fun i j => Det n A * Inv n A i j.
Proof. intros D. do 2 (apply functional_extensionality; intros ?). unfold Inv. field. easy. Qed.
(* what is the same after a product with an invertible matrix is the same *)
Lemma cancel_left n A u : Det n A <> 0 -> (forall a, (a < n)%nat -> Sum n (fun i => A a i * u i) = 0) ->
  forall i, (i < n)%nat -> u i = 0.
Proof.
  intros D H i I. transitivity (Sum n (fun j => delta i j * u j)); [now rewrite Sum_sift|].
  transitivity (Sum n (fun k => Inv n A i k * Sum n (fun j => A k j * u j))).
  - transitivity (Sum n (fun j => Sum n (fun k => Inv n A i k * A k j * u j))).
    + apply Sum_ext; intros j J. rewrite <- (Inv_left n A D i I j J), Rmult_comm, <- Sum_scal. apply Sum_ext; intros; ring.
    + rewrite Sum_swap. apply Sum_ext; intros k K. rewrite <- Sum_scal. apply Sum_ext; intros; ring.
  - apply Sum_none; intros k K. rewrite H by easy. ring.
Qed.
Lemma Inv_symmetric n A : Det n A <> 0 ->
  (forall i, (i < n)%nat -> forall j, (j < n)%nat -> A i j = A j i) ->
  forall i, (i < n)%nat -> forall j, (j < n)%nat -> Inv n A i j = Inv n A j i.
Proof.
  intros D S i I j J. apply Rminus_diag_uniq. apply (cancel_left n A (fun i => Inv n A i j - Inv n A j i) D); [|easy].
  intros a K. transitivity (Sum n (fun k => A a k * Inv n A k j) + -1 * Sum n (fun k => Inv n A j k * A k a)).
  - rewrite <- Sum_scal, <- Sum_plus. apply Sum_ext; intros k L. rewrite (S a K k L). ring.
  - rewrite Inv_right, Inv_left, (delta_sym j a) by easy. ring.
Qed.

(* ---------- 3. What has a determinant that is not 0 ---------- *)
Lemma Det_same_rows n A i j : (i < n)%nat -> (j < n)%nat -> i <> j ->
  (forall b, (b < n)%nat -> A i b = A j b) -> Det n A = 0.
Proof.
  intros I J N E. destruct (Nat.lt_ge_cases i j).
  - apply (Det_equal_rows n (j - i - 1) A i); [lia|]. intros b B. rewrite E by easy. f_equal; lia.
  - apply (Det_equal_rows n (i - j - 1) A j); [lia|]. intros b B. rewrite <- E by easy. f_equal; lia.
Qed.
(* multiples of one row added to the others *)
Lemma Det_eliminated n A p c : (p < n)%nat -> c p = 0 -> Det n (fun i b => A i b + c i * A p b) = Det n A.
Proof.
  intros P C. set (B := fun k i b => if Nat.ltb i k then A i b + c i * A p b else A i b).
  assert (H : forall k, (k <= n)%nat -> Det n (B k) = Det n A).
  { induction k as [|k IH]; intros K; [reflexivity|]. rewrite <- IH by lia.
    transitivity (Det n (row (B k) k (fun b => 1 * A k b + c k * A p b))).
    - apply Det_ext; intros a b _ _. unfold B, row. skips; subst; ring.
    - rewrite (Det_linear n (B k) k 1 (c k) (A k) (A p)) by lia.
      assert (E : Det n (row (B k) k (A k)) = Det n (B k)) by (apply Det_ext; intros a b _ _; unfold B, row; skips; congruence).
      rewrite E. destruct (Nat.eq_dec k p) as [->|N]; [rewrite C; ring|].
      rewrite (Det_same_rows n (row (B k) k (A p)) k p); [ring|lia|lia|easy|]. intros b _. unfold B, row. skips. rewrite C. ring. }
  rewrite <- (H n) by lia. apply Det_ext; intros a b L _. unfold B. skips.
Qed.
Lemma some_entry n (f : nat -> R) : (exists p, (p < n)%nat /\ f p <> 0) \/ (forall i, (i < n)%nat -> f i = 0).
Proof.
  induction n as [|m [[p [P N]]|Z]]; [right; lia|left; exists p; split; [lia|easy]|].
  destruct (Req_dec (f m) 0) as [E|N]; [right|left; exists m; split; [lia|easy]].
  intros i I. destruct (Nat.eq_dec i m) as [->|D]; [easy|apply Z; lia].
Qed.
Lemma singular n : forall A, Det n A = 0 -> exists x, (exists i, (i < n)%nat /\ x i <> 0) /\
  forall i, (i < n)%nat -> Sum n (fun j => A i j * x j) = 0.
Proof.
  induction n as [|m IH]; intros A D; [simpl in D; lra|].
  destruct (some_entry (S m) (fun i => A i O)) as [[p [P N]]|Z].
  - set (B := fun i b => A i b + (if Nat.eqb i p then 0 else - (A i O * / A p O)) * A p b).
    assert (E : Det (S m) B = 0).
    { unfold B. rewrite (Det_eliminated (S m) A p (fun i => if Nat.eqb i p then 0 else - (A i O * / A p O))); [easy|easy|].
      now rewrite Nat.eqb_refl. }
    assert (B0 : forall i, i <> p -> B i O = 0).
    { intros i I. unfold B. destruct (Nat.eqb_spec i p); [easy|]. field. easy. }
    assert (Bp : forall b, B p b = A p b) by (intros b; unfold B; rewrite Nat.eqb_refl; ring).
    rewrite Det_column in E.
    rewrite (Sum_ext _ _ (fun i => delta p i * ((-1) ^ i * B i O * Det m (del i 0 B)))) in E.
    2:{ intros i _. destruct (Nat.eq_dec p i) as [->|Q]; [rewrite delta_refl; ring|rewrite (B0 i) by auto; ring]. }
    rewrite Sum_sift, Bp in E by easy.
    assert (F : Det m (del p 0 B) = 0).
    { apply Rmult_integral in E. destruct E as [E|E]; [|easy]. exfalso. apply Rmult_integral in E.
      destruct E as [E|E]; [|easy]. apply (pow_nonzero (-1) p); [lra|easy]. }
    destruct (IH _ F) as [x [[i [I X]] K]].
    set (y := fun j => match j with O => - (Sum m (fun j => A p (S j) * x j) * / A p O) | S j => x j end).
    assert (Y : Sum (S m) (fun j => A p j * y j) = 0) by (rewrite Sum_first; unfold y; field; easy).
    exists y. split; [exists (S i); split; [lia|exact X]|]. intros a L.
    destruct (Nat.eq_dec a p) as [->|Q]; [exact Y|].
    transitivity (Sum (S m) (fun j => B a j * y j) + A a O * / A p O * Sum (S m) (fun j => A p j * y j)).
    + rewrite <- Sum_scal, <- Sum_plus. apply Sum_ext; intros j _. unfold B. destruct (Nat.eqb_spec a p); [easy|ring].
    + rewrite Y, Sum_first, B0 by easy. set (a' := if Nat.ltb a p then a else pred a).
      assert (W : skip p a' = a) by (unfold a'; skips). assert (L' : (a' < m)%nat) by (unfold a'; skips).
      pose proof (K a' L') as G. unfold del in G. rewrite W in G. unfold y.
      transitivity (Sum m (fun j => B a (skip 0 j) * x j)); [unfold skip; simpl; ring|exact G].
  - exists (delta 0). split; [exists O; split; [lia|rewrite delta_refl; lra]|]. intros i I.
    transitivity (Sum (S m) (fun j => delta 0 j * A i j)); [apply Sum_ext; intros; ring|].
    rewrite Sum_sift by lia. now apply Z.
Qed.
Lemma regular n A : (forall x, (forall i, (i < n)%nat -> Sum n (fun j => A i j * x j) = 0) ->
  forall i, (i < n)%nat -> x i = 0) -> Det n A <> 0.
Proof. intros H D. destruct (singular n A D) as [x [[i [I X]] Z]]. exact (X (H x Z i I)). Qed.
Lemma regular_form n A c : 0 < c ->
  (forall x, 0 <= Sum n (fun i => x i * Sum n (fun j => A i j * x j)) + - (c * Sum n (fun i => x i * x i))) -> Det n A <> 0.
Proof.
  intros C H. apply regular. intros x Z i I. specialize (H x).
  rewrite Sum_none in H by (intros j J; rewrite (Z j J); ring).
  pose proof (Sum_ge n (fun i => x i * x i) i I ltac:(intros; nra)) as K. cbv beta in K.
  assert (0 <= x i * x i) by nra. assert (x i * x i = 0) by nra. nra.
Qed.
(* with U over n and m and V over m and n: if U V + c I can be inverted, so can V U + c I *)
Lemma regular_turned n m U V A B c : c <> 0 ->
  (forall i, (i < n)%nat -> forall j, (j < n)%nat -> A i j = Sum m (fun q => U i q * V q j) + c * delta i j) ->
  (forall i, (i < m)%nat -> forall j, (j < m)%nat -> B i j = Sum n (fun q => V i q * U q j) + c * delta i j) ->
  Det n A <> 0 -> Det m B <> 0.
Proof.
  intros C HA HB D. apply regular. intros x Z.
  assert (W : forall k p E F G y, (forall i, (i < k)%nat -> forall j, (j < k)%nat ->
      G i j = Sum p (fun q => E i q * F q j) + c * delta i j) -> forall i, (i < k)%nat ->
      Sum k (fun j => G i j * y j) = Sum p (fun q => E i q * Sum k (fun j => F q j * y j)) + c * y i).
  { intros k p E F G y HG i I.
    transitivity (Sum k (fun j => Sum p (fun q => E i q * F q j * y j)) + c * Sum k (fun j => delta i j * y j)).
    - rewrite <- Sum_scal, <- Sum_plus. apply Sum_ext; intros j J. rewrite (HG i I j J), Rmult_plus_distr_r.
      f_equal; [|ring]. apply sum_mul. reflexivity.
    - rewrite Sum_sift, Sum_swap by easy. f_equal. apply Sum_ext; intros q Q. rewrite <- Sum_scal.
      apply Sum_ext; intros; ring. }
  set (y := fun q => Sum m (fun j => U q j * x j)).
  assert (Y : forall q, (q < n)%nat -> y q = 0).
  { apply (cancel_left n A y D). intros a L. rewrite (W n m U V A y HA a L).
    transitivity (Sum m (fun q => U a q * (Sum n (fun j => V q j * y j) + c * x q))).
    - transitivity (Sum m (fun q => U a q * Sum n (fun j => V q j * y j)) + c * y a); [reflexivity|].
      unfold y at 2. rewrite <- Sum_scal, <- Sum_plus. apply Sum_ext; intros; ring.
    - apply Sum_none; intros q Q. unfold y. rewrite <- (W m n V U B x HB q Q), (Z q Q). ring. }
  intros i I. specialize (Z i I). rewrite (W m n V U B x HB i I) in Z.
  rewrite Sum_none in Z by (intros q Q; rewrite (Y q Q : Sum m (fun j => U q j * x j) = 0); ring).
  apply (Rmult_eq_reg_l c); [lra|easy].
Qed.

(* ---------- 4. Derivatives ---------- *)
Lemma D_Det_rows n (x : R) : forall (M : R -> nat -> nat -> R) (dM : nat -> nat -> R),
  (forall a b, (a < n)%nat -> (b < n)%nat -> is_derive (fun t => M t a b) x (dM a b)) ->
  is_derive (fun t => Det n (M t)) x (Sum n (fun i => Det n (row (M x) i (dM i)))).
Proof.
  induction n as [|m IH]; intros M dM H; [exact (D_const 1 x)|].
  eapply D_eq. { apply (D_Sum (S m) (fun t k => (-1) ^ k * M t O k * Det m (del 0 k (M t)))). intros k K.
    apply D_mul; [apply D_mul_l, H; lia|]. apply (IH (fun t => del 0 k (M t)) (fun a b => dM (S a) (skip k b))).
    intros a b A B. apply H; skips. }
  rewrite (Sum_first m (fun i => Det (S m) (row (M x) i (dM i)))). cbv beta. rewrite Sum_plus.
  apply f_equal2; [reflexivity|].
  transitivity (Sum (S m) (fun k => Sum m (fun i => (-1) ^ k * M x O k * Det m (row (del 0 k (M x)) i (fun b => dM (S i) (skip k b)))))).
  - apply Sum_ext; intros k K. now rewrite <- Sum_scal.
  - rewrite Sum_swap. apply Sum_ext; intros i I. rewrite Det_S. apply Sum_ext; intros k K. reflexivity.
Qed.
Lemma D_Det n (M : R -> nat -> nat -> R) (x : R) (dM : nat -> nat -> R) :
  (forall a b, (a < n)%nat -> (b < n)%nat -> is_derive (fun t => M t a b) x (dM a b)) ->
  is_derive (fun t => Det n (M t)) x (Sum n (fun a => Sum n (fun b => Adj n (M x) b a * dM a b))).
Proof.
  intros H. eapply D_eq; [apply D_Det_rows, H|]. apply Sum_ext; intros i I. rewrite Det_row by easy.
  apply Sum_ext; intros; ring.
Qed.
Lemma D_log_abs (f : R -> R) (x a : R) : is_derive f x a -> f x <> 0 -> is_derive (fun t => ln (Rabs (f t))) x (a * / f x).
Proof.
  intros H N. apply (D_comp (fun y => ln (Rabs y)) f x a (/ f x)) in H; [eapply D_eq; [apply H|ring]|].
  destruct (Rdichotomy _ _ N) as [L|L].
  - apply (is_derive_ext_loc (fun y => ln (- y))).
    + generalize (open_lt 0 (f x) L). apply filter_imp. intros y Y. now rewrite Rabs_left.
    + eapply D_eq; [apply D_ln; [apply D_opp, D_id|simpl; lra]|]. simpl. field. lra.
  - apply (is_derive_ext_loc ln).
    + generalize (open_gt 0 (f x) L). apply filter_imp. intros y Y. now rewrite Rabs_pos_eq by lra.
    + apply is_derive_ln. lra.
Qed.
Lemma D_Logdet n (M : R -> nat -> nat -> R) (x : R) (dM : nat -> nat -> R) :
  (forall a b, (a < n)%nat -> (b < n)%nat -> is_derive (fun t => M t a b) x (dM a b)) -> Det n (M x) <> 0 ->
  is_derive (fun t => Logdet n (M t)) x (Sum n (fun a => Sum n (fun b => Inv n (M x) b a * dM a b))).
Proof.
  intros H N. eapply D_eq; [apply D_log_abs; [apply D_Det, H|exact N]|]. rewrite Rmult_comm, <- Sum_scal.
  apply Sum_ext; intros a A. rewrite <- Sum_scal. apply Sum_ext; intros b B. unfold Inv, Rdiv. ring.
Qed.
Lemma D_Inv n (M : R -> nat -> nat -> R) i j (x : R) (dM : nat -> nat -> R) :
  (forall a b, (a < n)%nat -> (b < n)%nat -> is_derive (fun t => M t a b) x (dM a b)) ->
  Det n (M x) <> 0 -> (i < n)%nat -> (j < n)%nat ->
  is_derive (fun t => Inv n (M t) i j) x
    (- Sum n (fun a => Sum n (fun b => Inv n (M x) i a * dM a b * Inv n (M x) b j))).
Proof.
  intros H N I J. set (V := Inv n (M x)).
  assert (P : forall p k, (p < n)%nat -> (k < n)%nat -> exists d, is_derive (fun t => Inv n (M t) p k) x d).
  { intros p k P K. eexists. unfold Inv, Rdiv. apply D_mul; [|apply D_inv; [apply D_Det, H|exact N]].
    unfold Adj. apply D_mul_l.
    apply (D_Det (pred n) (fun t a b => M t (skip k a) (skip p b)) x (fun a b => dM (skip k a) (skip p b))).
    intros a b A B. apply H; skips. }
  assert (Q : forall p, (p < n)%nat -> is_derive (fun t => Inv n (M t) p j) x (Derive (fun t => Inv n (M t) p j) x)).
  { intros p Hp. apply Derive_correct. exact (P p j Hp J). }
  set (dV := fun p => Derive (fun t => Inv n (M t) p j) x). eapply D_eq; [apply (Q i I)|]. fold (dV i).
  apply Rminus_diag_uniq.
  apply (cancel_left n (M x) (fun i => dV i - - Sum n (fun a => Sum n (fun b => V i a * dM a b * V b j))) N); [|easy].
  intros a A.
  assert (Z : Sum n (fun k => dM a k * V k j + M x a k * dV k) = 0).
  { transitivity (Derive (fun t => Sum n (fun k => M t a k * Inv n (M t) k j)) x).
    - symmetry. apply is_derive_unique. apply (D_Sum n (fun t k => M t a k * Inv n (M t) k j)). intros k K.
      apply D_mul; [now apply H|now apply Q].
    - apply is_derive_unique. apply (is_derive_ext_loc (fun _ => delta a j)); [|apply D_const].
      generalize (loc_ne (fun t => Det n (M t)) x _ (D_Det n M x dM H) N). apply filter_imp.
      intros t T. symmetry. now apply Inv_right. }
  rewrite Sum_plus in Z.
  transitivity (Sum n (fun k => M x a k * dV k) + Sum n (fun k => M x a k * Sum n (fun p => Sum n (fun b => V k p * dM p b * V b j)))).
  - rewrite <- Sum_plus. apply Sum_ext; intros; ring.
  - enough (W : Sum n (fun k => M x a k * Sum n (fun p => Sum n (fun b => V k p * dM p b * V b j))) = Sum n (fun b => dM a b * V b j)) by (rewrite W; lra).
    transitivity (Sum n (fun p => Sum n (fun k => M x a k * V k p) * Sum n (fun b => dM p b * V b j))).
    + transitivity (Sum n (fun k => Sum n (fun p => M x a k * V k p * Sum n (fun b => dM p b * V b j)))).
      * apply Sum_ext; intros k K. rewrite <- Sum_scal. apply Sum_ext; intros p Hp.
        rewrite <- !Sum_scal. apply Sum_ext; intros; ring.
      * rewrite Sum_swap. apply Sum_ext; intros p Hp. symmetry. apply sum_mul. reflexivity.
    + transitivity (Sum n (fun p => delta a p * Sum n (fun b => dM p b * V b j))).
      * apply Sum_ext; intros p Hp. unfold V. now rewrite (Inv_right n (M x) N a A p Hp).
      * now rewrite (Sum_sift n a (fun p => Sum n (fun b => dM p b * V b j))).
Qed.

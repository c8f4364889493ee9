(* Lemmas: what certificates are proved with. Nothing here has to be read to understand what a certificate says. *)
From Coq Require Import Lra Lia Arith FunctionalExtensionality.
From Derive Require Export Spec.

(* ---------- 2. Sums ---------- *)
Lemma Sum_0 f : Sum 0 f = 0. Proof. reflexivity. Qed.
Lemma Sum_S n f : Sum (S n) f = Sum n f + f n. Proof. reflexivity. Qed.
(* the standard library's sum, and Coquelicot's, run through 0, ..., n *)
Lemma Sum_standard n f : Sum (S n) f = sum_f_R0 f n.
Proof. induction n as [|n IH]; [simpl; ring|]. rewrite Sum_S, IH. reflexivity. Qed.
Lemma Sum_coquelicot n f : Sum (S n) f = sum_n f n.
Proof. rewrite Sum_standard, <- sum_n_Reals. reflexivity. Qed.
Lemma Sum_ext n f g : (forall j, (j < n)%nat -> f j = g j) -> Sum n f = Sum n g.
Proof.
  induction n as [|n IH]; intros H; [reflexivity|]. rewrite !Sum_S, IH, H; auto.
Qed.
Lemma Sum_zero n : Sum n (fun _ => 0) = 0.
Proof. induction n as [|n IH]; [reflexivity|]. rewrite Sum_S, IH; ring. Qed.
Lemma Sum_one n : Sum n (fun _ => 1) = INR n.
Proof. induction n as [|n IH]; [reflexivity|]. rewrite Sum_S, IH, S_INR; ring. Qed.
Lemma Sum_plus n f g : Sum n (fun j => f j + g j) = Sum n f + Sum n g.
Proof. induction n as [|n IH]; [simpl; ring|]. rewrite !Sum_S, IH; ring. Qed.
Lemma Sum_scal n c f : Sum n (fun j => c * f j) = c * Sum n f.
Proof. induction n as [|n IH]; [simpl; ring|]. rewrite !Sum_S, IH; ring. Qed.
Lemma Sum_split n f g A B : Sum n f = A -> Sum n g = B -> Sum n (fun j => f j + g j) = A + B.
Proof. intros <- <-. apply Sum_plus. Qed.
Lemma Sum_sc n c f A : Sum n f = A -> Sum n (fun j => c * f j) = c * A.
Proof. intros <-. apply Sum_scal. Qed.
Lemma Sum_sift n t f : (t < n)%nat -> Sum n (fun j => delta t j * f j) = f t.
Proof.
  assert (Z : forall m, (m <= t)%nat -> Sum m (fun j => delta t j * f j) = 0).
  { induction m as [|m IH]; intros H; [reflexivity|]. rewrite Sum_S, IH by lia.
    unfold delta. replace (Nat.eqb t m) with false; [ring|]. symmetry; apply Nat.eqb_neq; lia. }
  induction n as [|n IH]; intros H; [lia|]. rewrite Sum_S.
  destruct (Nat.eq_dec t n) as [->|N].
  - rewrite Z by lia. unfold delta; rewrite Nat.eqb_refl; ring.
  - rewrite IH by lia. unfold delta. replace (Nat.eqb t n) with false; [ring|]. symmetry; apply Nat.eqb_neq; lia.
Qed.
Lemma delta_sym i j : delta i j = delta j i. Proof. unfold delta; now rewrite Nat.eqb_sym. Qed.
Lemma delta_refl i : delta i i = 1. Proof. unfold delta; now rewrite Nat.eqb_refl. Qed.
Lemma delta_neq i j : i <> j -> delta i j = 0.
Proof. intros H. unfold delta. now replace (Nat.eqb i j) with false by (symmetry; now apply Nat.eqb_neq). Qed.
Lemma Sum_swap n m f : Sum n (fun i => Sum m (fun j => f i j)) = Sum m (fun j => Sum n (fun i => f i j)).
Proof.
  induction n as [|n IH].
  - simpl. symmetry. apply Sum_zero.
  - rewrite Sum_S, IH, <- Sum_plus. apply Sum_ext; intros j _. now rewrite Sum_S.
Qed.
Lemma Sum_pos n f : (0 < n)%nat -> (forall j, (j < n)%nat -> 0 < f j) -> 0 < Sum n f.
Proof.
  destruct n as [|n]; [lia|]. intros _. induction n as [|n IH]; intros H.
  - rewrite Sum_S, Sum_0. specialize (H 0%nat ltac:(lia)). lra.
  - rewrite Sum_S. specialize (IH ltac:(intros; apply H; lia)). specialize (H (S n) ltac:(lia)). lra.
Qed.
Lemma Sum_lt n f t : (2 <= n)%nat -> (t < n)%nat -> (forall j, (j < n)%nat -> 0 < f j) -> f t < Sum n f.
Proof.
  intros N T P.
  assert (G : forall m, (m <= n)%nat -> ((t < m)%nat -> f t <= Sum m f) /\ 0 <= Sum m f /\ ((1 <= m)%nat -> ~ (t < m)%nat -> 0 < Sum m f) /\ ((2 <= m)%nat -> (t < m)%nat -> f t < Sum m f)).
  { induction m as [|m IH]; intros M; [simpl; repeat split; intros; lia || lra|].
    destruct (IH ltac:(lia)) as [A [B [C D]]]. rewrite Sum_S. pose proof (P m ltac:(lia)) as Q.
    repeat split.
    - intros K. destruct (Nat.eq_dec t m) as [->|X]; [lra|]. specialize (A ltac:(lia)). lra.
    - lra.
    - intros. lra.
    - intros K L. destruct (Nat.eq_dec t m) as [->|X]. specialize (C ltac:(lia) ltac:(lia)). lra. specialize (A ltac:(lia)). lra. }
  apply (G n); lia.
Qed.
Lemma softmax_lt n f t : (2 <= n)%nat -> (t < n)%nat -> (forall j, (j < n)%nat -> 0 < f j) -> f t * / Sum n f < 1.
Proof.
  intros N T P. pose proof (Sum_lt n f t N T P). pose proof (P t T).
  apply (Rmult_lt_reg_r (Sum n f)); [lra|]. rewrite Rmult_assoc, Rinv_l; lra.
Qed.
Lemma Sum_nneg n f : (forall j, (j < n)%nat -> 0 <= f j) -> 0 <= Sum n f.
Proof.
  induction n as [|n IH]; intros H; [simpl; lra|]. rewrite Sum_S.
  specialize (IH ltac:(intros; apply H; lia)). specialize (H n ltac:(lia)). lra.
Qed.
Lemma sigmoid_pos x : 0 < sigmoid x.
Proof. unfold sigmoid. pose proof (exp_pos (- x)). apply Rdiv_lt_0_compat; lra. Qed.
Lemma sigmoid_lt x : sigmoid x < 1.
Proof. unfold sigmoid, Rdiv. rewrite Rmult_1_l. pose proof (exp_pos (- x)). rewrite <- Rinv_1. apply Rinv_lt_contravar; lra. Qed.
Lemma Sum_pos_at n t f : (t < n)%nat -> (forall j, (j < n)%nat -> 0 <= f j) -> 0 < f t -> 0 < Sum n f.
Proof.
  induction n as [|n IH]; intros T N P; [lia|]. rewrite Sum_S.
  destruct (Nat.eq_dec t n) as [->|D].
  - pose proof (Sum_nneg n f ltac:(intros; apply N; lia)). lra.
  - specialize (IH ltac:(lia) ltac:(intros; apply N; lia) P). specialize (N n ltac:(lia)). lra.
Qed.
(* an order of indices: upto i j is 1 where i is not after j *)
Definition upto (i j : nat) : R := if Nat.ltb j i then 0 else 1.
Lemma before_lt i j : (i < j)%nat -> before i j = 1.
Proof. intros H. unfold before. now rewrite (proj2 (Nat.ltb_lt i j) H). Qed.
Lemma before_ge i j : (j <= i)%nat -> before i j = 0.
Proof. intros H. unfold before. now rewrite (proj2 (Nat.ltb_ge i j) H). Qed.
Lemma upto_le i j : (i <= j)%nat -> upto i j = 1.
Proof. intros H. unfold upto. now rewrite (proj2 (Nat.ltb_ge j i) H). Qed.
Lemma upto_gt i j : (j < i)%nat -> upto i j = 0.
Proof. intros H. unfold upto. now rewrite (proj2 (Nat.ltb_lt j i) H). Qed.
Lemma before_nneg i j : 0 <= before i j. Proof. unfold before. destruct (Nat.ltb i j); lra. Qed.
Lemma upto_nneg i j : 0 <= upto i j. Proof. unfold upto. destruct (Nat.ltb j i); lra. Qed.
Lemma delta_nneg i j : 0 <= delta i j. Proof. unfold delta. destruct (Nat.eqb i j); lra. Qed.
(* products *)
Lemma Prod_S n f : Prod (S n) f = Prod n f * f n. Proof. reflexivity. Qed.
Lemma Prod_ext n f g : (forall j, (j < n)%nat -> f j = g j) -> Prod n f = Prod n g.
Proof. induction n as [|n IH]; intros H; [reflexivity|]. rewrite !Prod_S, IH, H; auto. Qed.
Lemma Max_ext n f g : (forall j, (j < n)%nat -> f j = g j) -> Max n f = Max n g.
Proof.
  induction n as [|n IH]; intros H; [reflexivity|]. destruct n as [|n]; [simpl; auto|].
  change (Rmax (Max (S n) f) (f (S n)) = Rmax (Max (S n) g) (g (S n))). rewrite IH, H; auto.
Qed.
Lemma Prod_ne n f : (forall j, (j < n)%nat -> f j <> 0) -> Prod n f <> 0.
Proof. induction n as [|n IH]; intros H; [simpl; lra|]. rewrite Prod_S. apply Rmult_integral_contrapositive_currified; auto. Qed.
Lemma Prod_pos n f : (forall j, (j < n)%nat -> 0 < f j) -> 0 < Prod n f.
Proof. induction n as [|n IH]; intros H; [simpl; lra|]. rewrite Prod_S. apply Rmult_lt_0_compat; auto. Qed.
(* bounds *)
Lemma Sum_ge n f t : (t < n)%nat -> (forall j, (j < n)%nat -> 0 <= f j) -> f t <= Sum n f.
Proof.
  induction n as [|n IH]; intros T N; [lia|]. rewrite Sum_S. destruct (Nat.eq_dec t n) as [->|D].
  - pose proof (Sum_nneg n f ltac:(intros; apply N; lia)). lra.
  - specialize (IH ltac:(lia) ltac:(intros; apply N; lia)). specialize (N n ltac:(lia)). lra.
Qed.
Lemma part_le1 n f t : (t < n)%nat -> (forall j, (j < n)%nat -> 0 < f j) -> f t * / Sum n f <= 1.
Proof.
  intros T P. pose proof (Sum_ge n f t T ltac:(intros; apply Rlt_le; auto)). pose proof (P t T).
  apply (Rmult_le_reg_r (Sum n f)); [lra|]. rewrite Rmult_assoc, Rinv_l; lra.
Qed.
Lemma ln_le1 x : 0 < x -> ln x <= x - 1.
Proof. intros H. pose proof (exp_ineq1_le (ln x)) as K. rewrite exp_ln in K by easy. lra. Qed.
Lemma ln_ge1 x : 0 < x -> 1 - / x <= ln x.
Proof. intros H. pose proof (ln_le1 (/ x) (Rinv_0_lt_compat _ H)) as K. rewrite ln_Rinv in K by easy. lra. Qed.
Lemma ln_of_exp x y : exp x < y -> x < ln y.
Proof. intros H. rewrite <- (ln_exp x). apply ln_increasing; [apply exp_pos|exact H]. Qed.
Lemma ln_of_exp_le x y : exp x <= y -> x <= ln y.
Proof. intros [H| <-]; [apply Rlt_le, ln_of_exp, H|]. rewrite ln_exp. lra. Qed.
Lemma softplus_pos x : 0 < softplus x.
Proof. unfold softplus. apply ln_of_exp. rewrite exp_0. pose proof (exp_pos x). lra. Qed.
Lemma softplus_gt x : x < softplus x.
Proof. unfold softplus. apply ln_of_exp. pose proof (exp_pos x). lra. Qed.
(* what is not 0, and positive by that *)
Lemma square_pos x : x <> 0 -> 0 < x ^ 2.
Proof. intros H. simpl. rewrite Rmult_1_r. pose proof (Rsqr_pos_lt x H). now unfold Rsqr in *. Qed.
Lemma inverse_square_lt1 x : 1 < x ^ 2 -> 0 < 1 + - (/ x) ^ 2.
Proof.
  intros H. rewrite pow_inv. assert (/ x ^ 2 < / 1) by (apply Rinv_lt_contravar; lra). rewrite Rinv_1 in *. lra.
Qed.
Lemma ln_pos x : 1 < x -> 0 < ln x.
Proof. intros H. rewrite <- ln_1. apply ln_increasing; lra. Qed.
Lemma ln_ne x : 0 < x -> x <> 1 -> ln x <> 0.
Proof. intros P H K. apply H. apply ln_inv; [easy|lra|]. now rewrite ln_1. Qed.
Lemma exp_differ x y : x <> y -> exp x + - exp y <> 0.
Proof. intros H K. apply H, exp_inv. lra. Qed.
Lemma exp_not_1 x : x <> 0 -> exp x <> 1.
Proof. intros H K. apply H, exp_inv. now rewrite exp_0. Qed.
(* terms that are not negative *)
Lemma exp_tangent u : 0 <= exp u + - (1) + - u.
Proof. pose proof (exp_ineq1_le u). lra. Qed.
Lemma ln_tangent u : 0 < u -> 0 <= u + - (1) + - ln u.
Proof. intros H. pose proof (ln_le1 u H). lra. Qed.
Lemma abs_tangent u : 0 <= where_gt u 0 u (- u) + - u.
Proof. destruct (Rlt_dec 0 u); cbn [choose]; lra. Qed.
Lemma undelta_nneg i j : 0 <= 1 + - delta i j. Proof. unfold delta. destruct (Nat.eqb i j); lra. Qed.
Lemma means2 u v w : 0 <= u -> 0 <= v -> w ^ 2 + - (u * v) = 0 -> 0 <= 1 * / 2 * u + 1 * / 2 * v + - w.
Proof. intros U V E. destruct (Rle_lt_dec w ((u + v) * / 2)) as [H|H]; [lra|]. exfalso.
  assert (0 <= (u + - v) ^ 2) by apply pow2_ge_0. assert (0 < w) by lra. assert (((u + v) * / 2) * ((u + v) * / 2) < w * w) by nra. nra. Qed.
Lemma means_of_3 a b c u v t w : 0 < a -> 0 < b -> 0 < c -> a + b + c = 1 -> 0 < u -> 0 < v -> 0 < t -> 0 < w ->
  a * ln u + b * ln v + c * ln t + - ln w = 0 -> 0 <= a * u + b * v + c * t + - w.
Proof.
  intros A B C S U V T W E. assert (I : 0 < / w) by now apply Rinv_0_lt_compat.
  assert (K : forall x, 0 < x -> ln x + - ln w <= x * / w + - (1)).
  { intros x X. pose proof (ln_le1 (x * / w) ltac:(now apply Rmult_lt_0_compat)) as L.
    rewrite ln_mult, ln_Rinv in L by easy. lra. }
  pose proof (Rmult_le_compat_l a _ _ (Rlt_le _ _ A) (K u U)). pose proof (Rmult_le_compat_l b _ _ (Rlt_le _ _ B) (K v V)).
  pose proof (Rmult_le_compat_l c _ _ (Rlt_le _ _ C) (K t T)).
  assert (Q : 0 <= (a * u + b * v + c * t + - w) * / w).
  { replace ((a * u + b * v + c * t + - w) * / w) with (a * (u * / w) + b * (v * / w) + c * (t * / w) + - (1)) by (field; lra).
    assert (a * ln w + b * ln w + c * ln w = ln w) by (replace (a * ln w + b * ln w + c * ln w) with ((a + b + c) * ln w) by ring; rewrite S; ring).
    lra. }
  apply (Rmult_le_reg_r (/ w)); [easy|]. lra.
Qed.
Lemma means_of_2 a b u v w : 0 < a -> 0 < b -> a + b = 1 -> 0 < u -> 0 < v -> 0 < w ->
  a * ln u + b * ln v + - ln w = 0 -> 0 <= a * u + b * v + - w.
Proof.
  intros A B S U V W E. pose proof (means_of_3 a (b * / 2) (b * / 2) u v v w A ltac:(lra) ltac:(lra) ltac:(lra) U V V W ltac:(lra)). lra.
Qed.
Lemma bernoulli u v : 0 < u -> 1 <= v -> 0 <= power v u + - (1) + - (v * (u + - (1))).
Proof.
  intros U [V| <-]; [|unfold power; destruct (Rlt_dec 0 u); cbn [choose]; [rewrite Rpower_1 by easy|]; lra].
  assert (P : 0 < power v u) by (unfold power; destruct (Rlt_dec 0 u); cbn [choose]; [apply exp_pos|easy]).
  assert (L : ln (power v u) = v * ln u) by (unfold power; destruct (Rlt_dec 0 u); cbn [choose]; [apply ln_exp|easy]).
  assert (I : 0 < / v) by (apply Rinv_0_lt_compat; lra).
  assert (J : / v < 1) by (rewrite <- Rinv_1; apply Rinv_lt_contravar; lra).
  pose proof (means_of_2 (/ v) (1 - / v) (power v u) 1 u I ltac:(lra) ltac:(lra) P ltac:(lra) U
    ltac:(rewrite L, ln_1, <- Rmult_assoc, Rinv_l; lra)) as K.
  apply (Rmult_le_reg_l (/ v)); [easy|]. rewrite Rmult_0_r.
  replace (/ v * (power v u + - (1) + - (v * (u + - (1))))) with (/ v * power v u + (1 - / v) * 1 + - u) by (field; lra). exact K.
Qed.
Lemma of_multiple_le m s d : 0 < m -> 0 <= s -> m * d = s -> 0 <= d.
Proof. intros M S E. apply (Rmult_le_reg_l m); [easy|]. lra. Qed.
Lemma of_multiple_lt m s d : 0 < m -> 0 < s -> m * d = s -> 0 < d.
Proof. intros M S E. apply (Rmult_lt_reg_l m); [easy|]. lra. Qed.
Lemma le_same a b : 0 <= a -> b = a -> 0 <= b. Proof. now intros H ->. Qed.
Lemma lt_same a b : 0 < a -> b = a -> 0 < b. Proof. now intros H ->. Qed.
Lemma exp_le_inv x y : exp x <= exp y -> x <= y.
Proof. intros [H|H]; [left; now apply exp_lt_inv|right; now apply exp_inv]. Qed.
Lemma exp_mono x y : 0 <= y + - x -> 0 <= exp y + - exp x.
Proof. intros [H|H]; [pose proof (exp_increasing x y ltac:(lra)); lra|replace y with x by lra; lra]. Qed.
Lemma Max_S n f : Max (S (S n)) f = Rmax (Max (S n) f) (f (S n)). Proof. reflexivity. Qed.
Lemma Max_ge n f t : (t < n)%nat -> 0 <= Max n f + - f t.
Proof.
  destruct n as [|n]; [lia|]. induction n as [|n IH]; intros H; [replace t with 0%nat by lia; simpl; lra|].
  rewrite Max_S. destruct (Nat.eq_dec t (S n)) as [->|D]; [pose proof (Rmax_r (Max (S n) f) (f (S n))); lra|].
  pose proof (Rmax_l (Max (S n) f) (f (S n))). specialize (IH ltac:(lia)). lra.
Qed.
Lemma Max_attained n f : (1 <= n)%nat -> exists t, (t < n)%nat /\ Max n f = f t.
Proof.
  destruct n as [|n]; [lia|]. intros _. induction n as [|n [t [T E]]]; [exists 0%nat; split; [lia|reflexivity]|].
  rewrite Max_S. destruct (Rle_dec (Max (S n) f) (f (S n))) as [H|H].
  - exists (S n). split; [lia|]. now apply Rmax_right.
  - exists t. split; [lia|]. rewrite <- E. apply Rmax_left. lra.
Qed.
(* leaving one index out *)
Lemma Sum_but n t f : (t < n)%nat -> Sum n (fun j => (1 - delta t j) * f j) = Sum n f - f t.
Proof.
  intros H. replace (Sum n (fun j => (1 - delta t j) * f j)) with (Sum n (fun j => f j + (-1) * (delta t j * f j))).
  - rewrite Sum_plus, Sum_scal, Sum_sift by easy. ring.
  - apply Sum_ext; intros; ring.
Qed.

(* ---------- 3. Derivatives ---------- *)
Lemma put_same s i : put s i (s i) = s.
Proof. apply functional_extensionality; intros k. unfold put. destruct (Nat.eqb_spec k i); congruence. Qed.
Lemma put2_same W i l : put2 W i l (W i l) = W.
Proof.
  apply functional_extensionality; intros a; apply functional_extensionality; intros b. unfold put2.
  destruct (Nat.eqb_spec a i), (Nat.eqb_spec b l); simpl; congruence.
Qed.
Lemma put_neq s i t k : i <> k -> put s i t k = s k.
Proof. intros H. unfold put. destruct (Nat.eqb_spec k i); congruence. Qed.
Lemma put2_row W i l t a : i <> a -> put2 W i l t a = W a.
Proof. intros H. apply functional_extensionality; intros b. unfold put2. destruct (Nat.eqb_spec a i); simpl; congruence. Qed.
Lemma D_const (c x : R) : is_derive (fun _ => c) x 0. Proof. apply (is_derive_const c x). Qed.
Lemma D_id (x : R) : is_derive (fun t => t) x 1. Proof. apply (is_derive_id x). Qed.
Lemma D_put s i k (x : R) : is_derive (fun t => put s i t k) x (delta i k).
Proof.
  unfold put, delta. rewrite (Nat.eqb_sym i k). destruct (Nat.eqb k i). apply D_id. apply D_const.
Qed.
Lemma D_put2 W i l (a b : nat) (x : R) : is_derive (fun t => put2 W i l t a b) x (delta i a * delta l b).
Proof.
  unfold put2, delta. rewrite (Nat.eqb_sym i a), (Nat.eqb_sym l b).
  destruct (Nat.eqb a i), (Nat.eqb b l); simpl; rewrite ?Rmult_1_l, ?Rmult_0_l; try apply D_const. apply D_id.
Qed.
Lemma D_eq (f : R -> R) (x : R) (a : R) (b : R) : is_derive f x a -> a = b -> is_derive f x b. Proof. now intros H <-. Qed.
Lemma D_add (f : R -> R) (g : R -> R) (x : R) (a : R) (b : R) : is_derive f x a -> is_derive g x b -> is_derive (fun t => f t + g t) x (a + b).
Proof. apply (is_derive_plus f g). Qed.
Lemma D_add_l (c : R) (g : R -> R) (x : R) (b : R) : is_derive g x b -> is_derive (fun t => c + g t) x b.
Proof. intros H. eapply D_eq. apply (is_derive_plus (fun _ => c) g). apply D_const. apply H. unfold plus; simpl; ring. Qed.
Lemma D_add_r (c : R) (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => f t + c) x a.
Proof. intros H. eapply D_eq. apply (is_derive_plus f (fun _ => c)). apply H. apply D_const. unfold plus; simpl; ring. Qed.
Lemma D_opp (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => - f t) x (- a).
Proof. apply (is_derive_opp f). Qed.
Lemma D_mul (f : R -> R) (g : R -> R) (x : R) (a : R) (b : R) : is_derive f x a -> is_derive g x b -> is_derive (fun t => f t * g t) x (a * g x + f x * b).
Proof. intros. apply (is_derive_mult f g x a b); auto. intros; apply Rmult_comm. Qed.
Lemma D_mul_l (c : R) (g : R -> R) (x : R) (b : R) : is_derive g x b -> is_derive (fun t => c * g t) x (c * b).
Proof. intros H. eapply D_eq. apply (D_mul (fun _ => c) g). apply D_const. apply H. simpl; ring. Qed.
Lemma D_mul_r (c : R) (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => f t * c) x (a * c).
Proof. intros H. eapply D_eq. apply (D_mul f (fun _ => c)). apply H. apply D_const. simpl; ring. Qed.
Lemma D_inv (f : R -> R) (x : R) (a : R) : is_derive f x a -> f x <> 0 -> is_derive (fun t => / f t) x (- a * / (f x ^ 2)).
Proof. intros H N. eapply D_eq. apply (is_derive_inv f x a H N). simpl; field; auto. Qed.
Lemma D_pow (f : R -> R) (x : R) (a : R) n : is_derive f x a -> is_derive (fun t => f t ^ S n) x (INR (S n) * f x ^ n * a).
Proof. intros H. eapply D_eq. apply (is_derive_pow f (S n) x a H). simpl pred; ring. Qed.
Lemma D_sq (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => f t ^ 2) x (2 * f x * a).
Proof. intros H. eapply D_eq. apply (D_pow f x a 1 H). simpl; ring. Qed.
Lemma D_cu (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => f t ^ 3) x (3 * f x ^ 2 * a).
Proof. intros H. eapply D_eq. apply (D_pow f x a 2 H). simpl; ring. Qed.
Lemma D_exp (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => exp (f t)) x (exp (f x) * a).
Proof. intros H. eapply D_eq. apply (is_derive_comp exp f); [apply is_derive_exp|apply H]. unfold scal; simpl; unfold mult; simpl; ring. Qed.
Lemma D_ln (f : R -> R) (x : R) (a : R) : is_derive f x a -> 0 < f x -> is_derive (fun t => ln (f t)) x (a * / f x).
Proof. intros H P. eapply D_eq. apply (is_derive_comp ln f); [apply is_derive_ln, P|apply H]. unfold scal; simpl; unfold mult; simpl; ring. Qed.
Lemma D_sqrt (f : R -> R) (x : R) (a : R) : is_derive f x a -> 0 < f x -> is_derive (fun t => sqrt (f t)) x (a * / (2 * sqrt (f x))).
Proof. intros H P. eapply D_eq. apply (is_derive_sqrt f x a H P). unfold Rdiv; reflexivity. Qed.
Lemma D_sin (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => sin (f t)) x (cos (f x) * a).
Proof. intros H. eapply D_eq. apply (is_derive_comp sin f); [apply is_derive_sin|apply H]. unfold scal; simpl; unfold mult; simpl; ring. Qed.
Lemma D_cos (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => cos (f t)) x (- sin (f x) * a).
Proof. intros H. eapply D_eq. apply (is_derive_comp cos f); [apply is_derive_cos|apply H]. unfold scal; simpl; unfold mult; simpl; ring. Qed.
Lemma D_comp (g : R -> R) (f : R -> R) (x : R) (a : R) (b : R) : is_derive f x a -> is_derive g (f x) b -> is_derive (fun t => g (f t)) x (b * a).
Proof. intros H G. eapply D_eq. apply (is_derive_comp g f); [apply G|apply H]. unfold scal; simpl; unfold mult; simpl; ring. Qed.
Lemma power_pos e x : 0 < x -> x ** e = Rpower x e.
Proof. intros H. unfold power. destruct (Rlt_dec 0 x); [reflexivity|lra]. Qed.
Lemma power_gt e x : 0 < x -> 0 < x ** e.
Proof. intros H. rewrite power_pos by easy. apply exp_pos. Qed.
Lemma power_not e x : x <= 0 -> x ** e = 0.
Proof. intros H. unfold power. destruct (Rlt_dec 0 x); [lra|reflexivity]. Qed.
Lemma power_plus e f x : x ** (e + f) = x ** e * x ** f.
Proof.
  destruct (Rlt_le_dec 0 x) as [H|H]; [rewrite !power_pos by easy; apply Rpower_plus|].
  rewrite !power_not by easy. ring.
Qed.
Lemma power_opp e x : 0 < x -> x ** (- e) = / (x ** e).
Proof. intros H. rewrite !power_pos by easy. apply Rpower_Ropp. Qed.
Lemma power_m1 x : 0 < x -> x ** (-1) = / x.
Proof. intros H. replace (-1) with (- (1)) by ring. rewrite power_opp, power_pos, Rpower_1; auto. Qed.
Lemma power_1 x : 0 < x -> x ** 1 = x.
Proof. intros H. rewrite power_pos by easy. now apply Rpower_1. Qed.
Lemma power_0 x : 0 < x -> x ** 0 = 1.
Proof. intros H. rewrite power_pos by easy. now apply Rpower_O. Qed.
Lemma power_mult e x y : 0 < x -> 0 < y -> (x * y) ** e = x ** e * y ** e.
Proof. intros H K. rewrite !power_pos by (try apply Rmult_lt_0_compat; easy). unfold Rpower. rewrite ln_mult by easy. rewrite <- exp_plus. f_equal. ring. Qed.
Lemma power_inv e x : 0 < x -> (/ x) ** e = / (x ** e).
Proof. intros H. rewrite !power_pos by (try apply Rinv_0_lt_compat; easy). unfold Rpower. rewrite ln_Rinv by easy. rewrite <- exp_Ropp. f_equal. ring. Qed.
Lemma power_ln e x : 0 < x -> ln (x ** e) = e * ln x.
Proof. intros H. rewrite power_pos by easy. unfold Rpower. apply ln_exp. Qed.
Lemma power_sqrt x : x ** (/ 2) = sqrt x.
Proof.
  destruct (Rlt_le_dec 0 x) as [H|H]; [rewrite power_pos by easy; now apply Rpower_sqrt|].
  rewrite power_not by easy. symmetry. now apply sqrt_neg_0.
Qed.
Lemma power_half x : x ** (1 * / 2) = sqrt x.
Proof. rewrite Rmult_1_l. apply power_sqrt. Qed.
Lemma D_power (f : R -> R) (x : R) (a : R) (e : R) : is_derive f x a -> 0 < f x -> is_derive (fun t => f t ** e) x (e * (f x ** e * / f x) * a).
Proof.
  intros H P. rewrite power_pos by easy.
  assert (K : is_derive (fun t => Rpower (f t) e) x (e * (Rpower (f x) e * / f x) * a)).
  { unfold Rpower. eapply D_eq. apply (D_exp (fun t => e * ln (f t))). apply D_mul_l, D_ln; eauto. simpl. field. lra. }
  refine (is_derive_ext_loc _ _ x _ _ K).
  assert (C : continuous f x) by (apply (ex_derive_continuous f); exists a; exact H).
  assert (L : locally x (fun t => 0 < f t)) by exact (C (fun y => 0 < y) (open_gt 0 _ P)).
  revert L. apply filter_imp. intros t T. symmetry. now apply power_pos.
Qed.
Lemma D_rpower (f g : R -> R) (x : R) (a b : R) : is_derive f x a -> is_derive g x b -> 0 < f x ->
  is_derive (fun t => f t ** g t) x (f x ** g x * (b * ln (f x) + g x * (a * / f x))).
Proof.
  intros H G P. rewrite power_pos by easy.
  assert (K : is_derive (fun t => Rpower (f t) (g t)) x (Rpower (f x) (g x) * (b * ln (f x) + g x * (a * / f x)))).
  { unfold Rpower. eapply D_eq. apply (D_exp (fun t => g t * ln (f t))). apply D_mul; [exact G|apply D_ln; eauto]. simpl. ring. }
  refine (is_derive_ext_loc _ _ x _ _ K).
  assert (C : continuous f x) by (apply (ex_derive_continuous f); exists a; exact H).
  assert (L : locally x (fun t => 0 < f t)) by exact (C (fun y => 0 < y) (open_gt 0 _ P)).
  revert L. apply filter_imp. intros t T. symmetry. now apply power_pos.
Qed.
Lemma sigmoid_inv x : sigmoid x = / (1 + exp (- x)). Proof. unfold sigmoid, Rdiv. ring. Qed.
Lemma D_sigmoid (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => sigmoid (f t)) x (sigmoid (f x) * (1 - sigmoid (f x)) * a).
Proof.
  intros H. pose proof (exp_pos (- f x)). apply (is_derive_ext (fun t => / (1 + exp (- f t)))); [intros t; now rewrite sigmoid_inv|].
  eapply D_eq. apply D_inv. apply D_add_l, D_exp, D_opp, H. simpl; lra. rewrite sigmoid_inv. simpl; field. lra.
Qed.
Lemma tanh_e x : tanh x = (exp x - exp (- x)) / (exp x + exp (- x)).
Proof. unfold tanh, sinh, cosh. pose proof (exp_pos x); pose proof (exp_pos (- x)). field. lra. Qed.
Lemma D_tanh (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => tanh (f t)) x ((1 - tanh (f x) ^ 2) * a).
Proof.
  intros H. apply (is_derive_ext (fun t => (exp (f t) + - exp (- f t)) * / (exp (f t) + exp (- f t)))).
  - intros t. rewrite tanh_e. reflexivity.
  - pose proof (exp_pos (f x)); pose proof (exp_pos (- f x)). eapply D_eq. apply D_mul. apply D_add. apply D_exp, H. apply D_opp, D_exp, D_opp, H.
    apply D_inv. apply D_add. apply D_exp, H. apply D_exp, D_opp, H. simpl; lra. rewrite tanh_e. simpl; field. lra.
Qed.
Lemma D_softplus (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => softplus (f t)) x (sigmoid (f x) * a).
Proof.
  intros H. unfold softplus; rewrite sigmoid_inv. pose proof (exp_pos (f x)). eapply D_eq. apply D_ln. apply D_add_l, D_exp, H. simpl; lra.
  simpl. rewrite exp_Ropp. field. lra.
Qed.
Lemma D_Sum n (f : R -> nat -> R) (x : R) d :
  (forall j, (j < n)%nat -> is_derive (fun t => f t j) x (d j)) ->
  is_derive (fun t => Sum n (fun j => f t j)) x (Sum n (fun j => d j)).
Proof.
  induction n as [|n IH]; intros H.
  - apply (is_derive_ext (fun _ => 0)); [reflexivity|]. apply D_const.
  - apply (is_derive_ext (fun t => Sum n (fun j => f t j) + f t n)).
    { intros t. now rewrite Sum_S. }
    rewrite Sum_S. apply D_add; auto.
Qed.
Lemma D_Prod n (f : R -> nat -> R) (x : R) d :
  (forall j, (j < n)%nat -> is_derive (fun t => f t j) x (d j)) -> (forall j, (j < n)%nat -> f x j <> 0) ->
  is_derive (fun t => Prod n (fun j => f t j)) x (Prod n (fun j => f x j) * Sum n (fun j => d j * / f x j)).
Proof.
  induction n as [|n IH]; intros H N.
  - apply (D_eq _ _ 0); [|simpl; ring]. apply (is_derive_ext (fun _ => 1)); [reflexivity|]. apply D_const.
  - apply (is_derive_ext (fun t => Prod n (fun j => f t j) * f t n)).
    { intros t. now rewrite Prod_S. }
    eapply D_eq. apply D_mul; [apply IH; auto|apply H; auto]. rewrite Prod_S, Sum_S. field. apply N; auto.
Qed.
(* a branch chosen by a comparison that is no equality at the point *)
Lemma D_where (u : R -> R) (v : R -> R) (a : R -> R) (b : R -> R) (x : R) (du : R) (dv : R) (da : R) (db : R) : is_derive u x du -> is_derive v x dv -> u x <> v x ->
  (v x < u x -> is_derive a x da) -> (u x < v x -> is_derive b x db) ->
  is_derive (fun t => where_gt (u t) (v t) (a t) (b t)) x (where_gt (u x) (v x) da db).
Proof.
  intros U V N A B.
  assert (Cu : continuous (fun t => u t - v t) x).
  { apply (ex_derive_continuous (fun t => u t - v t)). exists (du - dv). apply (is_derive_minus u v); auto. }
  destruct (Rlt_dec (v x) (u x)) as [P|P]; cbn [choose].
  - apply (is_derive_ext_loc a); [|now apply A].
    assert (0 < u x - v x) by lra.
    assert (L : locally x (fun t => 0 < u t - v t)) by exact (Cu (fun y => 0 < y) (open_gt 0 _ H)). revert L. apply filter_imp. intros t Ht. destruct (Rlt_dec (v t) (u t)); cbn [choose]; auto; lra.
  - assert (Q : u x < v x) by lra. apply (is_derive_ext_loc b); [|now apply B].
    assert (u x - v x < 0) by lra.
    assert (L : locally x (fun t => u t - v t < 0)) by exact (Cu (fun y => y < 0) (open_lt 0 _ H)). revert L. apply filter_imp. intros t Ht. destruct (Rlt_dec (v t) (u t)); cbn [choose]; auto; lra.
Qed.
Lemma Rabs_if x : Rabs x = where_gt x 0 x (- x).
Proof. destruct (Rlt_dec 0 x); cbn [choose]. apply Rabs_pos_eq; lra. unfold Rabs. destruct (Rcase_abs x); lra. Qed.
Lemma Rmax_if x y : Rmax x y = where_gt x y x y.
Proof. unfold Rmax. destruct (Rlt_dec y x), (Rle_dec x y); cbn [choose]; lra. Qed.
Lemma Rmin_if x y : Rmin x y = where_gt y x x y.
Proof. unfold Rmin. destruct (Rlt_dec x y), (Rle_dec x y); cbn [choose]; lra. Qed.

Lemma sum_mul n f c g : (forall k, (k < n)%nat -> f k * c = g k) -> Sum n f * c = Sum n g.
Proof. intros H. rewrite Rmult_comm, <- Sum_scal. apply Sum_ext; intros k K. rewrite <- H by auto. ring. Qed.
Lemma loc_pos (f : R -> R) (x d : R) : is_derive f x d -> 0 < f x -> locally x (fun t => 0 < f t).
Proof.
  intros D P. assert (C : continuous f x) by (apply (ex_derive_continuous f); exists d; exact D).
  exact (C (fun y => 0 < y) (open_gt 0 _ P)).
Qed.
Lemma loc_ne (f : R -> R) (x d : R) : is_derive f x d -> f x <> 0 -> locally x (fun t => f t <> 0).
Proof.
  intros D P. assert (C : continuous f x) by (apply (ex_derive_continuous f); exists d; exact D).
  exact (C (fun y => y <> 0) (open_neq 0 _ P)).
Qed.
Lemma loc_all n (P : nat -> R -> Prop) (x : R) : (forall j, (j < n)%nat -> locally x (P j)) -> locally x (fun t => forall j, (j < n)%nat -> P j t).
Proof.
  induction n as [|n IH]; intros H.
  - apply filter_forall. intros; lia.
  - generalize (filter_and _ _ (IH (fun j Hj => H j (Nat.lt_lt_succ_r _ _ Hj))) (H n (Nat.lt_succ_diag_r n))). apply filter_imp. intros t [A B] j J.
    destruct (Nat.eq_dec j n) as [->|N]; auto. apply A; lia.
Qed.

Lemma lt_eq a b : 0 < a -> a = b -> 0 < b. Proof. now intros H <-. Qed.
Lemma pow2_sqrt x : 0 <= x -> sqrt x ^ 2 = x.
Proof. intros H. pose proof (sqrt_sqrt x H). simpl. lra. Qed.
Lemma ne_eq a b : a <> 0 -> a = b -> b <> 0. Proof. now intros H <-. Qed.
Lemma le_eq a b : a <= 0 -> a = b -> b <= 0. Proof. now intros H <-. Qed.
Lemma inv_lt1 D : 1 < D -> 0 < 1 + -1 * / D.
Proof. intros H. assert (/ D < / 1) by (apply Rinv_lt_contravar; lra). rewrite Rinv_1 in *. lra. Qed.
Lemma inv_lt1_opp D : 1 < D -> 0 < 1 + - / D.
Proof. intros H. pose proof (inv_lt1 D H). lra. Qed.
Lemma part_lt1 a D : 0 < D -> a < D -> 0 < 1 + - (a * / D).
Proof.
  intros P L. assert (a * / D < 1); [|lra]. apply (Rmult_lt_reg_r D); [easy|]. rewrite Rmult_assoc, Rinv_l; lra.
Qed.
Lemma sqrt_rel x : 0 <= x -> sqrt x ^ 2 + - x = 0.
Proof. intros H. pose proof (sqrt_sqrt x H). simpl. lra. Qed.
Lemma sqrt_ne x : sqrt x <> 0 -> 0 < x.
Proof. intros H. destruct (Rlt_le_dec 0 x) as [P|P]; auto. exfalso. apply H. now apply sqrt_neg_0. Qed.
Lemma mul_ne a b : a * b <> 0 -> a <> 0 /\ b <> 0.
Proof. intros H; split; intros K; apply H; rewrite K; ring. Qed.
Lemma pow_ne a n : a ^ S n <> 0 -> a <> 0.
Proof. intros H K; apply H; rewrite K; simpl; ring. Qed.
Lemma D_erf (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => erf (f t)) x (2 * exp (- f x ^ 2) * / sqrt PI * a).
Proof.
  intros H. unfold erf.
  assert (C : forall y, continuous (fun t => exp (- t ^ 2)) y).
  { intros y. apply (ex_derive_continuous (fun t => exp (- t ^ 2))). eexists. apply (D_exp (fun t => - t ^ 2)), D_opp, (D_sq (fun t => t)), D_id. }
  eapply D_eq.
  - apply D_mul_l. apply (D_comp (fun y => RInt (fun t => exp (- t ^ 2)) 0 y) f). apply H.
    apply (is_derive_RInt (fun t => exp (- t ^ 2)) (fun y => RInt (fun t => exp (- t ^ 2)) 0 y) 0).
    + apply filter_forall. intros y. apply (RInt_correct (V := R_CompleteNormedModule)).
      apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros z _. apply C.
    + apply C.
  - unfold Rdiv. ring.
Qed.


(* ---------- 4. Functions as others, by equations between functions, which rewrite under binders ---------- *)
Ltac ext := repeat (let x := fresh "x" in apply functional_extensionality; intros x).
Lemma Rabs_fun : Rabs = fun x => where_gt x 0 x (- x). Proof. ext. apply Rabs_if. Qed.
Lemma Rmax_fun : Rmax = fun x y => where_gt x y x y. Proof. ext. apply Rmax_if. Qed.
Lemma Rmin_fun : Rmin = fun x y => where_gt y x x y. Proof. ext. apply Rmin_if. Qed.
Lemma same_fun : where_same = fun i j a b => delta i j * a + (1 + - delta i j) * b.
Proof. ext. unfold where_same, delta. destruct (Nat.eqb _ _); ring. Qed.
Lemma before_fun : where_before = fun i j a b => before i j * a + upto j i * b.
Proof. ext. unfold where_before, before, upto. destruct (Nat.ltb _ _); ring. Qed.
Lemma sigmoid_fun : sigmoid = fun x => / (1 + exp (- x)). Proof. ext. apply sigmoid_inv. Qed.
Lemma tanh_fun : tanh = fun x => (exp x + - exp (- x)) * / (exp x + exp (- x)). Proof. ext. apply tanh_e. Qed.
Lemma sqrt_fun : power (/ 2) = sqrt. Proof. ext. apply power_sqrt. Qed.
Lemma sqrt_fun1 : power (1 * / 2) = sqrt. Proof. rewrite Rmult_1_l. apply sqrt_fun. Qed.
Lemma sqrt_fun3 : power (3 * / 2) = fun x => x * sqrt x.
Proof.
  ext. replace (3 * / 2) with (1 + / 2) by field. rewrite power_plus, power_sqrt.
  destruct (Rlt_le_dec 0 x) as [H|H]; [now rewrite power_1|]. rewrite power_not, sqrt_neg_0 by easy. ring.
Qed.
Lemma acos_fun : acos = fun x => PI * / 2 + - asin x.
Proof. ext. unfold acos, asin. destruct (Rle_dec x (-1)), (Rle_dec 1 x); unfold Rdiv; lra. Qed.
Lemma D_asin (f : R -> R) (x : R) (a : R) : is_derive f x a -> 0 < 1 + - f x ^ 2 -> is_derive (fun t => asin (f t)) x (a * / sqrt (1 + - f x ^ 2)).
Proof.
  intros H P. assert (Q : -1 < f x < 1) by (simpl in P; nra).
  eapply D_eq. apply (D_comp asin f). apply H. apply is_derive_Reals. apply (derive_pt_eq_1 _ _ _ (derivable_pt_asin (f x) Q)). apply derive_pt_asin.
  unfold Rdiv. replace (1 - Rsqr (f x)) with (1 + - f x ^ 2) by (unfold Rsqr; simpl; ring). ring.
Qed.
Lemma D_atan (f : R -> R) (x : R) (a : R) : is_derive f x a -> is_derive (fun t => atan (f t)) x (a * / (1 + f x ^ 2)).
Proof.
  intros H. eapply D_eq. apply (D_comp atan f). apply H. apply is_derive_Reals. apply derivable_pt_lim_atan.
  unfold Rsqr. replace (f x ^ 2) with (f x * f x) by ring. unfold Rdiv; ring.
Qed.
Lemma D_fun (g g' : R -> R) (f : R -> R) (x a : R) : (forall y, is_derive g y (g' y)) -> is_derive f x a -> is_derive (fun t => g (f t)) x (g' (f x) * a).
Proof. intros G H. apply (D_comp g f); auto. Qed.
Lemma D_size_pow n (f : R -> R) (x : R) (a : R) : is_derive f x a -> f x <> 0 -> is_derive (fun t => f t ^ n) x (INR n * (f x ^ n * / f x) * a).
Proof.
  intros H N. eapply D_eq. apply (is_derive_pow f n x a H). destruct n as [|n]; [simpl; ring|]. simpl pred. change (f x ^ S n) with (f x * f x ^ n). field. easy.
Qed.
(* a one-hot array is a delta, wherever its index runs *)
Lemma onehot_sum n y : onehot n y -> Sum n (fun j => y j) = 1.
Proof.
  intros [t [T K]]. rewrite (Sum_ext _ _ (fun i => delta t i * 1)) by (intros; rewrite K by easy; ring).
  apply (Sum_sift n t (fun _ => 1) T).
Qed.
Lemma onehot_rows n m (Y : nat -> nat -> R) : (forall a, (a < n)%nat -> onehot m (Y a)) ->
  forall a, (a < n)%nat -> Sum m (fun i => Y a i) = 1.
Proof. intros H a A. exact (onehot_sum m (Y a) (H a A)). Qed.
Lemma D_number_pow (f : R -> R) (x : R) (a : R) n (k : R) : is_derive f x a -> INR (S n) = k -> is_derive (fun t => f t ^ S n) x (k * f x ^ n * a).
Proof. intros H <-. now apply D_pow. Qed.
Lemma erf_0 : erf 0 = 0.
Proof. unfold erf. rewrite RInt_point. unfold zero; simpl. ring. Qed.
Lemma tanh_0 : tanh 0 = 0.
Proof. rewrite tanh_e. rewrite Ropp_0, exp_0. field. Qed.

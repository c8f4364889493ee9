(* Tactics: how certificates are closed. A tactic proves nothing by itself: what it makes is a term that Coq checks. *)
From Coq Require Export Lra Lia Arith.
From Derive Require Export Lemmas.

Ltac split_on v u :=
  repeat match goal with H : context [Rlt_dec v u] |- _ => revert H end;
  let C := fresh "C" in destruct (Rlt_dec v u) as [C|C]; cbn [choose]; intros; [|apply Rnot_lt_le in C].
Ltac ifs := repeat match goal with |- context [where_gt ?u ?v ?a ?b] => split_on v u end.
Ltac isconst f := match f with (fun _ => ?c) => let c' := constr:(c) in idtac end.
(* whether it is open if two indices are equal *)
Ltac undecided i j := tryif constr_eq i j then fail else
  lazymatch goal with H : i <> j |- _ => fail | H : j <> i |- _ => fail | _ => idtac end.
Ltac others := repeat match goal with
  | H : ?i <> ?k |- context [put ?s ?i ?t ?k] => rewrite (put_neq s i t k H)
  | H : ?k <> ?i |- context [put ?s ?i ?t ?k] => rewrite (put_neq s i t k (not_eq_sym H))
  | H : ?i <> ?k |- context [put2 ?s ?i ?l ?t ?k] => rewrite (put2_row s i l t k H)
  | H : ?k <> ?i |- context [put2 ?s ?i ?l ?t ?k] => rewrite (put2_row s i l t k (not_eq_sym H))
  | H : ?i <> ?k |- context [delta ?i ?k] => rewrite (delta_neq i k H)
  | H : ?k <> ?i |- context [delta ?i ?k] => rewrite (delta_neq i k (not_eq_sym H)) end.
(* what does not hang on the entry that varies *)
Ltac still := lazymatch goal with |- is_derive ?F ?x ?d => eapply D_eq;
  [ apply (is_derive_ext (fun _ => F x) F x 0); [let t := fresh in intros t; cbv beta; others; reflexivity | apply D_const]
  | others; first [ring | ifs; ring] ] end.
(* for functions that other files have: it is given its meaning there *)
Ltac dother := fail.
Ltac dtac :=
  cbv beta;
  tryif (lazymatch goal with |- is_derive ?f _ _ => isconst f end) then apply D_const else
  first [dother | lazymatch goal with
  | |- is_derive (fun t => t) _ _ => apply D_id
  | |- is_derive (fun t => put ?s ?i t ?k) _ _ => apply D_put
  | |- is_derive (fun t => put2 ?s ?i ?l t ?a ?b) _ _ => apply D_put2
  | |- is_derive (fun t => @?f t + @?g t) ?x _ =>
      tryif isconst f then (let c := eval cbv beta in (f x) in apply (D_add_l c g); dtac)
      else tryif isconst g then (let c := eval cbv beta in (g x) in apply (D_add_r c f); dtac)
      else (apply (D_add f g); dtac)
  | |- is_derive (fun t => - @?f t) _ _ => apply (D_opp f); dtac
  | |- is_derive (fun t => @?f t * @?g t) ?x _ =>
      tryif isconst f then (let c := eval cbv beta in (f x) in apply (D_mul_l c g); dtac)
      else tryif isconst g then (let c := eval cbv beta in (g x) in apply (D_mul_r c f); dtac)
      else (apply (D_mul f g); dtac)
  | |- is_derive (fun t => / @?f t) _ _ => apply (D_inv f); [dtac|]
  | |- is_derive (fun t => (@?f t) ^ 2) _ _ => apply (D_sq f); dtac
  | |- is_derive (fun t => (@?f t) ^ 3) _ _ => apply (D_cu f); dtac
  | |- is_derive (fun t => exp (@?f t)) _ _ => apply (D_exp f); dtac
  | |- is_derive (fun t => ln (@?f t)) _ _ => apply (D_ln f); [dtac|]
  | |- is_derive (fun t => sqrt (@?f t)) _ _ => apply (D_sqrt f); [dtac|]
  | |- is_derive (fun t => sin (@?f t)) _ _ => apply (D_sin f); dtac
  | |- is_derive (fun t => cos (@?f t)) _ _ => apply (D_cos f); dtac
  | |- is_derive (fun t => (@?f t) ^ S ?k) _ _ => apply (D_number_pow f _ _ k); [dtac|simpl; ring]
  | |- is_derive (fun t => (@?f t) ^ ?n) _ _ => apply (D_size_pow n f); [dtac|]
  | |- is_derive (fun t => power (@?e t) (@?f t)) ?x _ =>
      tryif isconst e then (let c := eval cbv beta in (e x) in apply (D_power f x _ c); [dtac|]) else (apply (D_rpower f e); [dtac|dtac|])
  | |- is_derive (fun t => asin (@?f t)) _ _ => apply (D_asin f); [dtac|]
  | |- is_derive (fun t => atan (@?f t)) _ _ => apply (D_atan f); dtac
  | |- is_derive (fun t => sigmoid (@?f t)) _ _ => apply (D_sigmoid f); dtac
  | |- is_derive (fun t => erf (@?f t)) _ _ => apply (D_erf f); dtac
  | |- is_derive (fun t => tanh (@?f t)) _ _ => apply (D_tanh f); dtac
  | |- is_derive (fun t => softplus (@?f t)) _ _ => apply (D_softplus f); dtac
  | |- is_derive (fun t => Sum ?n (fun j => @?f t j)) _ _ =>
      apply (D_Sum n f); let j := fresh "j" in let H := fresh "Hj" in intros j H; dtac
  | |- is_derive (fun t => Prod ?n (fun j => @?f t j)) _ _ =>
      apply (D_Prod n f); [let j := fresh "j" in let H := fresh "Hj" in intros j H; dtac | let j := fresh "j" in let H := fresh "Hj" in intros j H; cbv beta]
  | |- is_derive (fun t => where_gt (@?u t) (@?v t) (@?a t) (@?b t)) _ _ =>
      tryif (isconst u; isconst v)
      then (lazymatch goal with |- is_derive _ ?x _ => let u' := eval cbv beta in (u x) in let v' := eval cbv beta in (v x) in
              destruct (Rlt_dec v' u'); cbn [choose]; dtac end)
      else first
        [ match goal with |- is_derive _ _ ?d => match d with context [delta ?i ?j] => undecided i j;
            let E := fresh in destruct (Nat.eq_dec i j) as [E|E]; [first [subst j | subst i]; dtac | dtac] end end
        | solve [still]
        | eapply (D_where u v a b); [dtac|dtac| |intros ?;dtac|intros ?;dtac] ]
  | |- is_derive (fun t => ?g (@?f t)) ?x _ => match goal with
      | H : forall y, 0 < y -> is_derive g y _ |- _ => eapply (D_comp g f); [dtac|apply H]
      | H : forall y, 0 < y -> _ /\ is_derive g y _ |- _ => eapply (D_comp g f); [dtac|apply H]
      | H : forall y, is_derive g y (?g' y) |- _ => apply (D_fun g g' f); [exact H|dtac]
      end
  end].

Ltac idx := solve [assumption | lia | match goal with H : forall j, (j < _)%nat -> _ |- _ => eapply H; assumption end
  | match goal with H : forall j, _ -> forall k, _ |- _ => eapply H; assumption end].
Ltac sigb := repeat match goal with |- context [sigmoid ?x] =>
  let a := fresh in let b := fresh in pose proof (sigmoid_pos x) as a; pose proof (sigmoid_lt x) as b; generalize dependent (sigmoid x); intros end.
Ltac softb := match goal with |- context [Sum ?n (fun k => exp (@?g k))] => match goal with H : (?t < n)%nat |- _ =>
  let K := fresh in pose proof (softmax_lt n (fun k => exp (g k)) t ltac:(lia) H ltac:(intros; apply exp_pos)) as K; cbv beta in K; lra end end.
Ltac expb := repeat match goal with |- context [exp ?x] =>
  let a := fresh in pose proof (exp_pos x) as a; generalize dependent (exp x); intros end.
Ltac new t := let T := type of t in lazymatch goal with H : T |- _ => fail | _ => pose proof t end.
(* by cases of the comparisons in hypotheses *)
Ltac hcases := repeat match goal with H : context [where_gt ?u ?v _ _] |- _ => split_on v u end.
(* what hypotheses about all indices say of those that there are *)
Ltac insts := repeat match goal with H : forall j, (j < ?n)%nat -> _, T : (?t < ?n)%nat |- _ => new (H t T) end.
(* what is multiplied with an order of indices is there or not *)
Ltac orders := match goal with
  | |- context [before ?i ?j] => destruct (le_lt_dec j i); [rewrite ?(before_ge i j), ?(upto_le j i) by lia | rewrite ?(before_lt i j), ?(upto_gt j i) by lia]
  | |- context [upto ?i ?j] => destruct (le_lt_dec i j); [rewrite ?(upto_le i j) by lia | rewrite ?(upto_gt i j) by lia]
  end; rewrite ?Rmult_0_l, ?Rmult_0_r, ?Rmult_1_l, ?Rmult_1_r, ?Rplus_0_l, ?Rplus_0_r.
Ltac pos :=
  lazymatch goal with
  | |- 0 < exp _ => apply exp_pos
  | |- 0 < ln _ => first [assumption | lra | apply ln_pos; first [lra | nra | apply Rminus_gt_0_lt; pos]]
  | |- 0 < INR _ => apply lt_0_INR; lia
  | |- 0 < PI => apply PI_RGT_0
  | |- 0 < power _ _ => apply power_gt; pos
  | |- 0 < Sum _ _ => first [assumption | match goal with H : forall j, (j < _)%nat -> _ |- _ => solve [eapply H; eassumption] end | solve [apply Sum_pos; [lia|let j := fresh "j" in intros j ?; pos]]
      | match goal with |- 0 < Sum ?n ?f => match goal with H : (?t < n)%nat |- _ => solve [apply (Sum_pos_at n t f); [exact H | let j := fresh "j" in intros j ?; nneg | cbv beta; rewrite ?upto_le, ?delta_refl by lia; pos]] end end]
  | |- 0 < Prod _ _ => apply Prod_pos; let j := fresh "j" in intros j ?; pos
  | |- 0 < upto ?i ?i => rewrite upto_le by lia; lra
  | |- 0 < _ * _ => first [assumption | apply Rmult_lt_0_compat; pos | nra]
  | |- 0 < / _ => apply Rinv_0_lt_compat; pos
  | |- 0 < _ / _ => apply Rdiv_lt_0_compat; pos
  | |- 0 < sqrt _ => first [assumption | apply sqrt_lt_R0; pos]
  | |- 0 < _ ^ 2 => first [assumption | apply square_pos; nz]
  | |- 0 < _ ^ _ => first [assumption | apply pow_lt; pos]
  | |- 0 < 1 + - (/ ?x) ^ 2 => apply inverse_square_lt1; first [lra | nra | hcases; nra]
  | |- 0 < 1 + -1 * / (1 + ?e) => first [assumption | apply inv_lt1; let H := fresh in assert (H : 0 < e) by pos; lra]
  | |- 0 < 1 + - / (1 + ?e) => first [assumption | apply inv_lt1_opp; let H := fresh in assert (H : 0 < e) by pos; lra]
  | |- 0 < 1 + - (?e * / Sum ?n ?f) => first [assumption | lra | solve [insts; lra]
      | let H := fresh in assert (H : e * / Sum n f < 1) by (eapply (softmax_lt n f); [lia | eassumption | let j := fresh in intros j ?; pos]); lra]
  | |- 0 < 1 + - (?e * / (?a + ?b)) => first [assumption | apply part_lt1; [pos | expb; lra]]
  | |- 0 < 1 + -1 * (?e * / (?a + ?b)) => first [assumption | replace (1 + -1 * (e * / (a + b))) with (1 + - (e * / (a + b))) by ring; apply part_lt1; [pos | expb; lra]]
  | |- 0 < 1 + -1 * (?e * / Sum ?n ?f) =>
      first [assumption | let H := fresh in assert (H : e * / Sum n f < 1) by (eapply (softmax_lt n f); [lia | eassumption | let j := fresh in intros j ?; pos]); lra
        | match goal with H : forall j, (j < _)%nat -> _ |- _ => solve [apply H; first [assumption | lia]] end]
  | |- 0 < _ + _ => first [assumption | lra | match goal with H : forall j, (j < _)%nat -> _ |- _ => solve [apply H; first [assumption | lia]] end | solve [sigb; lra] | solve [softb] | solve [insts; lra] | solve [orders; pos] | apply Rplus_lt_0_compat; pos | apply Rplus_lt_le_0_compat; [pos|nneg] | apply Rplus_le_lt_0_compat; [nneg|pos] | nra]
  | |- 0 < sigmoid _ => apply sigmoid_pos
  | |- 0 < IZR _ => lra
  | |- 0 < _ => first [assumption | lra
      | match goal with H : forall y, 0 < y -> 0 < ?g y /\ _ |- 0 < ?g _ => apply H; pos end
      | match goal with
        | H : forall j, (j < _)%nat -> _ < _ |- _ => solve [apply H; lia | specialize (H _ ltac:(eassumption)); lra]
        | H : forall j, (j < _)%nat -> _ > _ |- _ => solve [apply H; lia]
        end | nra]
  | |- _ > 0 => apply Rlt_gt; pos
  end
with nneg :=
  first [ assumption | lra
  | lazymatch goal with
    | |- 0 <= _ ^ 2 => apply pow2_ge_0
    | |- 0 <= before _ _ => apply before_nneg
    | |- 0 <= upto _ _ => apply upto_nneg
    | |- 0 <= delta _ _ => apply delta_nneg
    | |- 0 <= 1 + - delta _ _ => apply undelta_nneg
    | |- 0 <= Max ?n ?f + - ?x => first [apply (Max_ge n f); lia | match goal with H : (?t < n)%nat |- _ => solve [apply (Max_ge n f t H)] end]
    | |- 0 <= exp _ + - exp _ => first [apply exp_mono; nneg | apply Rplus_le_le_0_compat; nneg]
    | |- 0 <= power _ _ => apply Rlt_le, power_gt; pos
    | |- 0 <= Sum _ _ => apply Sum_nneg; let j := fresh "j" in intros j ?; nneg
    | |- 0 <= _ * _ => first [apply Rmult_le_pos; nneg | nra]
    | |- 0 <= _ + _ => first [solve [insts; lra] | apply Rplus_le_le_0_compat; nneg]
    | |- 0 <= sqrt _ => apply sqrt_pos
    | |- 0 <= / _ => apply Rlt_le, Rinv_0_lt_compat; pos
    | |- 0 <= INR _ => apply pos_INR
    | |- 0 <= _ => first [apply Rlt_le; pos | match goal with H : forall j, (j < _)%nat -> _ <= _ |- _ => apply H; lia end | nra]
    end ]
with nz :=
  lazymatch goal with
  | |- ?a /\ ?b => split; nz
  | |- _ <> 0 => first
      [ assumption | lra | apply not_0_INR; lia | apply PI_neq0
      | apply Rgt_not_eq, Rlt_gt; pos
      | apply Rmult_integral_contrapositive_currified; nz
      | apply pow_nonzero; nz
      | apply Prod_ne; let j := fresh "j" in intros j ?; nz
      | apply Rinv_neq_0_compat; nz
      | lazymatch goal with
        | |- exp _ + - exp _ <> 0 => apply exp_differ; lra
        | |- exp _ + - (1) <> 0 => apply Rminus_eq_contra, exp_not_1; first [assumption | lra]
        | |- 1 + - exp _ <> 0 => apply Rminus_eq_contra, not_eq_sym, exp_not_1; first [assumption | lra]
        | |- ln _ <> 0 => apply ln_ne; [pos | first [assumption | lra]]
        end
      | match goal with H : forall j, (j < _)%nat -> _ <> 0 |- _ => solve [apply H; lia] end
      | match goal with H : ?A <> 0 |- ?B <> 0 => replace B with A by ring; exact H end
      | match goal with H : ?A <> 0 |- ?B <> 0 => replace B with (- A) by ring; apply Ropp_neq_0_compat; exact H end
      | match goal with H : ?A <> ?A' |- ?B <> 0 => let K := fresh in intro K; apply H; first [lra | nra] end
      | match goal with H : ?G -> ?A <> ?A' |- _ => let K := fresh in intro K; apply H; first [lra | nra] end
      | match goal with |- context [Rlt_dec ?v ?u] => split_on v u; nz end
      | solve [apply Rlt_not_eq; sigb; lra]
      | match goal with |- context [Sum ?n (fun k => exp (@?g k))] => match goal with H : (?t < n)%nat |- _ =>
          let K := fresh in pose proof (Sum_lt n (fun k => exp (g k)) t ltac:(lia) H ltac:(intros; apply exp_pos)) as K; cbv beta in K; lra end end
      | match goal with H : forall j, (j < _)%nat -> _ <> _ |- _ => let K := fresh in intro K; eapply H; [eassumption | first [lra | nra]] end
      | match goal with H : forall j, (j < ?n)%nat -> _ |- _ => solve [let K := fresh in intro K; insts; lra] end
      | solve [orders; nz]
      | match goal with H : context [Rlt_dec _ _] |- _ => solve [hcases; nz] end
      | match goal with H : ?x <> 0 |- context [exp ?x] => solve [let K := fresh in intro K;
          destruct (Rdichotomy _ _ (exp_not_1 x H)); pose proof (exp_pos x); nra] end
      | nra ]
  | |- _ <> _ => first [assumption | lra
      | match goal with H : ?A <> ?A' |- _ => let K := fresh in intro K; apply H; first [lra | nra] end
      | match goal with H : forall j, (j < _)%nat -> _ <> _ |- ?a <> ?b =>
          let K := fresh in intro K; eapply H; [eassumption | first [lra | nra]] end
      | match goal with H : ?G -> ?A <> ?A' |- _ => let K := fresh in intro K; apply H; solve [assumption | congruence | lra | nra] end
      | match goal with H : forall j, (j < _)%nat -> _ -> _ <> _ |- _ => solve [let K := fresh in intro K;
          eapply H; [eassumption | first [assumption | congruence | reflexivity] | first [lra | nra]]] end
      | match goal with |- context [Rlt_dec ?v ?u] => split_on v u; nz end
      | nra]
  end.
Ltac facts := repeat match goal with
  | H : ?G -> ?A, K : ?G |- _ => lazymatch type of G with Prop => specialize (H K) end
  | H : ?a * ?b <> 0 |- _ => let H1 := fresh in let H2 := fresh in destruct (mul_ne a b H) as [H1 H2]; clear H
  | H : sqrt ?a <> 0 |- _ => apply sqrt_ne in H
  | H : ?a ^ 2 <> 0 |- _ => apply (pow_ne a 1) in H
  | H : Sum ?n ?f <> 0 |- _ => assert (0 < Sum n f) by (assert (0 <= Sum n f) by nneg; lra); clear H
  end.
Ltac side0 := rewrite ?put_same, ?put2_same in *.
Ltac side := rewrite ?put_same, ?put2_same in *; lazymatch goal with |- _ <> _ => nz | |- 0 < _ => pos | |- _ => auto end.
(* every delta that is left becomes 1 or 0 *)
Ltac dcases :=
  repeat match goal with
  | |- context [delta ?i ?i] => rewrite (delta_refl i)
  | |- context [delta ?i ?j] => let E := fresh in destruct (Nat.eq_dec i j) as [E|E];
      [ first [subst i | subst j | rewrite E]; rewrite ?delta_refl
      | rewrite ?(delta_neq i j), ?(delta_neq j i) by auto ]
  | |- context [before ?i ?j] => first [ rewrite (before_lt i j) by lia | rewrite (before_ge i j) by lia
      | destruct (le_lt_dec j i); [rewrite (before_ge i j) by lia | rewrite (before_lt i j) by lia] ]
  | |- context [upto ?i ?j] => first [ rewrite (upto_le i j) by lia | rewrite (upto_gt i j) by lia
      | destruct (le_lt_dec i j); [rewrite (upto_le i j) by lia | rewrite (upto_gt i j) by lia] ]
  end.
Ltac lnsplit := repeat first [ rewrite ln_mult by pos | rewrite ln_Rinv by pos | rewrite ln_exp | rewrite power_ln by pos | rewrite ln_1 ].
Ltac pwsplit := repeat first [ rewrite power_mult by pos | rewrite power_inv by pos ].
Ltac sqsplit := repeat first [ rewrite sqrt_mult by (apply Rlt_le; pos) | rewrite sqrt_pow2 by (apply Rlt_le; pos) | rewrite sqrt_inv ].
Ltac rpsplit := rewrite ?power_plus; rewrite ?power_m1 by pos; rewrite ?power_opp by pos; rewrite ?power_1 by pos; rewrite ?power_0 by pos; rewrite ?power_half.
Ltac loc :=
  lazymatch goal with
  | |- locally ?x (fun t => @?A t /\ @?B t) => apply (filter_and (F := locally x) A B); loc
  | |- locally _ (Rlt 0) => eapply (loc_pos (fun t => t)); [dtac|side]
  | |- locally _ (fun t => forall j, (j < ?n)%nat -> @?P j t) =>
      apply (loc_all n (fun j t => P j t)); let j := fresh "j" in intros j ?; cbv beta; loc
  | |- locally _ (fun t => 0 < @?f t) => eapply (loc_pos f); [dtac|side]
  | |- locally _ (fun t => @?f t <> 0) => eapply (loc_ne f); [dtac|side]
  end.
(* deltas of numbers *)
Ltac lits := repeat match goal with |- context [delta ?i ?j] =>
  let v := eval compute in (Nat.eqb i j) in lazymatch v with
  | true => change (delta i j) with 1 | false => change (delta i j) with 0 end end.
Ltac fld := lits; first [ reflexivity | ring | (field; nz) | lra ].
Ltac trigf := match goal with |- context [sin ?x] => let K := fresh in
  assert (K : sin x ^ 2 = 1 - cos x ^ 2) by (pose proof (sin2_cos2 x); unfold Rsqr in *; simpl; lra); (field [K]; nz) end.
Ltac sqf :=
  match goal with
  | |- context [sqrt ?x] => match goal with
     | |- context [sqrt ?y] => lazymatch y with x => fail | _ =>
        let H := fresh in let K := fresh in
        assert (H : sqrt x ^ 2 = x) by (apply pow2_sqrt; first [apply Rlt_le; pos | nneg]);
        assert (K : sqrt y ^ 2 = y) by (apply pow2_sqrt; first [apply Rlt_le; pos | nneg]);
        (field [H K]; nz) end end
  | |- context [sqrt ?x] => let H := fresh in
        assert (H : sqrt x ^ 2 = x) by (apply pow2_sqrt; first [apply Rlt_le; pos | nneg]); (field [H]; nz)
  end.
(* three roots or four, each by a name *)
Ltac roots := repeat match goal with |- context [sqrt ?x] => let H := fresh "HQ" in let r := fresh "r" in let E := fresh in
  assert (H : sqrt x ^ 2 = x) by (apply pow2_sqrt; first [apply Rlt_le; pos | nneg]);
  remember (sqrt x) as r eqn:E in *; clear E end.
Ltac sqf4 := lazymatch goal with |- context [sqrt _] => roots end; lazymatch goal with
  | A : ?a ^ 2 = _, B : ?b ^ 2 = _, C : ?c ^ 2 = _, D : ?d ^ 2 = _ |- _ => (field [A B C D]; nz)
  | A : ?a ^ 2 = _, B : ?b ^ 2 = _, C : ?c ^ 2 = _ |- _ => (field [A B C]; nz) end.
Ltac alg := first [ fld | solve [sqf] | solve [sqf4] | solve [trigf] | solve [match goal with |- context [Rlt_dec _ _] => ifs; fld end] | solve [dcases; first [exfalso; congruence | fld]] | exfalso; solve [lra | nra] ].
(* what differs is less or greater *)
Ltac strict := repeat match goal with H : ?u <> ?v |- _ =>
  lazymatch type of u with R => destruct (Rtotal_order u v) as [?|[?|?]]; [clear H | exfalso; exact (H ltac:(assumption)) | clear H] end end.
Ltac contra := exfalso; solve [ lra
  | match goal with H : 0 < ?x * / ?d |- _ => assert (0 < / d) by (apply Rinv_0_lt_compat; pos); nra end
  | match goal with H : ?a <= 0 |- _ => let K := fresh in assert (K : 0 < a) by pos; lra end
  | match goal with H : forall j, (j < _)%nat -> _ <> _ |- _ => eapply H; [eassumption | first [lra | nra]] end
  | strict; lra | strict; nra | congruence | lia ].
(* what is less: bounds of what stands there, and linear or quadratic arithmetic *)
Ltac bounds := repeat match goal with
  | |- context [exp ?x] => new (exp_pos x); new (exp_ineq1_le x)
  | |- context [sigmoid ?x] => new (sigmoid_pos x); new (sigmoid_lt x)
  | |- context [softplus ?x] => new (softplus_pos x); new (softplus_gt x)
  | |- context [ln ?x] => let H := fresh in assert (H : 0 < x) by pos; new (ln_le1 x H); new (ln_ge1 x H)
  end.
Ltac parts := match goal with H : (?t < ?n)%nat |- context [Sum ?n ?f] =>
  let P := fresh in assert (P : forall j, (j < n)%nat -> 0 < f j) by (let j := fresh in intros j ?; cbv beta; pos);
  let K := fresh in pose proof (part_le1 n f t H P) as K; let L := fresh in pose proof (P t H) as L; cbv beta in K, L;
  let S := fresh in assert (S : 0 < / Sum n f) by (apply Rinv_0_lt_compat, Sum_pos; [lia | exact P]);
  let M := fresh in pose proof (Rmult_lt_0_compat _ _ L S) as M end.
Ltac compared := first
  [ lra | solve [nra] | solve [pos] | solve [nneg] | solve [bounds; lra] | solve [bounds; nra]
  | solve [match goal with H : (?t < ?n)%nat |- _ * / Sum ?n ?f < 1 => apply (softmax_lt n f t); [lia | exact H | let j := fresh in intros j ?; cbv beta; pos] end]
  | solve [parts; lra] | solve [parts; nra]
  | solve [apply Rlt_gt; pos] | solve [apply Rle_ge; nneg]
  | solve [first [apply Rle_ge | idtac]; apply ln_of_exp_le; match goal with H : (?t < ?n)%nat |- _ <= Sum ?n ?f => apply (Sum_ge n f t H); intros; apply Rlt_le; pos end]
  | solve [match goal with |- ?a < ?b => apply Rminus_gt_0_lt; pos | |- ?a > ?b => apply Rminus_gt; apply Rlt_gt; pos end] ].
(* a maximum is what is greatest at some index *)
Ltac attained t H := match goal with |- context [Max ?n ?f] =>
  let E := fresh in destruct (Max_attained n f ltac:(lia)) as [t [H E]]; rewrite E; clear E; cbv beta end.
(* a side less the other one is not negative *)
Ltac bounded := match goal with HB : _ |- _ => solve [lra | apply Rminus_le; lra | match goal with
  | |- ?a <= ?b => apply Rplus_le_reg_r with (- a); rewrite Rplus_opp_r; exact HB
  | |- ?a < ?b => apply Rplus_lt_reg_r with (- a); rewrite Rplus_opp_r; exact HB
  | |- ?a >= ?b => apply Rle_ge, Rplus_le_reg_r with (- b); rewrite Rplus_opp_r; exact HB
  | |- ?a > ?b => apply Rlt_gt, Rplus_lt_reg_r with (- b); rewrite Rplus_opp_r; exact HB end] end.
(* that hypotheses are met at a point *)
Ltac places := repeat match goal with
  | H : (?j < S ?m)%nat |- _ => is_var j; destruct j as [|j]; [clear H | apply <- Nat.succ_lt_mono in H]
  | H : (_ < 0)%nat |- _ => exfalso; inversion H
  end.
Ltac arguments := repeat match goal with
  | |- context [exp ?x] => replace x with 0 by lra; rewrite exp_0
  | |- context [ln ?x] => replace x with 1 by lra; rewrite ln_1
  | |- context [cos ?x] => replace x with 0 by lra; rewrite cos_0
  | |- context [sin ?x] => replace x with 0 by lra; rewrite sin_0
  | |- context [sqrt ?x] => first [replace x with 0 by lra; rewrite sqrt_0 | replace x with 1 by lra; rewrite sqrt_1]
  end.
Ltac computed := cbn [Sum Prod Max INR choose Nat.eqb Nat.ltb Nat.leb] in *; cbv beta iota;
  unfold delta, before, except, where_same, where_before; cbn [Nat.eqb Nat.ltb Nat.leb]; rewrite ?Rabs_R0, ?Rabs_R1;
  arguments.
(* logarithms of numbers are positive or negative *)
Ltac logs := repeat match goal with |- context [ln ?x] => let L := fresh in let E := fresh in
  first [assert (L : 0 < ln x) by (apply ln_pos; lra) | assert (L : ln x < 0) by (rewrite <- ln_1; apply ln_increasing; lra)];
  remember (ln x) eqn:E; clear E end.
Ltac met := solve [ lia | lra | computed; lra | computed; nra | computed; nz | computed; pos | computed; nneg
  | apply is_derive_exp | apply is_derive_const | rewrite Rmult_0_r; apply is_derive_const
  | computed; split_Rabs; lra | computed; ifs; lra | intro; computed; nra | computed; logs; intro; nra ].
Ltac meets := repeat match goal with |- _ /\ _ => split end; cbv beta; intros; places; cbv beta iota;
  repeat match goal with |- _ /\ _ => split end;
  lazymatch goal with
  | |- simplex _ _ => split; [intros; places; computed; lra | computed; lra]
  | |- onehot _ _ => first [exists 0%nat; split; [lia | intros; places; computed; lra]
      | exists 1%nat; split; [lia | intros; places; computed; lra] | exists 2%nat; split; [lia | intros; places; computed; lra]]
  | |- _ => met
  end.
Ltac close1 := first [ alg | contra | solve [dcases; first [contra | alg]] | solve [nra] ].
Ltac close := try (match goal with _ : ?i <> ?j |- context [delta ?i ?j] => others
    | _ : ?j <> ?i |- context [delta ?i ?j] => others end; rewrite ?Rmult_0_l, ?Rmult_0_r, ?Rplus_0_l, ?Rplus_0_r);
  first [ close1 | solve [ifs; rewrite ?Rmult_0_r, ?Rmult_1_r, ?Rmult_0_l, ?Rmult_1_l, ?Ropp_0, ?exp_0; close1] | solve [dcases; try (exfalso; congruence); ifs; close1]].

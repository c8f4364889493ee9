(* Tactics for certificates with inverses or determinants, beside those of Tactics.v. *)
From Derive Require Export MatrixLemmas Tactics.

Ltac entries := let a := fresh "a" in let b := fresh "b" in let A := fresh "Ha" in let B := fresh "Hb" in
  intros a b A B; dtac.
Ltac dother ::= lazymatch goal with
  | |- is_derive (fun t => Det ?n (@?M t)) _ _ => apply (D_Det n M); entries
  | |- is_derive (fun t => Logdet ?n (@?M t)) _ _ => apply (D_Logdet n M); [entries|]
  | |- is_derive (fun t => Inv ?n (@?M t) ?i ?j) _ _ => apply (D_Inv n M i j); [entries| | |]
  end.
(* determinants at a point *)
Ltac computed ::= cbn [Sum Prod Max INR choose Nat.eqb Nat.ltb Nat.leb Nat.add pred pow Det skip] in *; cbv beta iota;
  unfold delta, before, except, where_same, where_before, Inv, Adj, skip;
  cbn [Sum Nat.eqb Nat.ltb Nat.leb Nat.add pred pow Det skip]; rewrite ?Rabs_R0, ?Rabs_R1;
  arguments.

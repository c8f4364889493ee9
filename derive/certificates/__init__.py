"""Certificates: claims as theorems that Coq checks, each a statement to read and a proof that need not be read.

The statement is what is trusted: it is written from the claim (`statement`), read back by a reader that shares nothing
with the writer (`coq_reader`), and compared with the claim term by term (`comparison`). The proof is searched for by
code that nobody has to believe (`proof` and what it imports), and `checking` asks Coq.
"""

from derive.certificates.expressions import UnsupportedError
from derive.certificates.statement import TheoremStatement

__all__ = ["TheoremStatement", "UnsupportedError"]

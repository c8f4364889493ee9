"""The command `derive certify`, and certificates in reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive.cli.certify import Certifier, claims_of
from derive.cli.command import command
from derive.report.evidence import certificate_text
from derive.report.results import CertificateStatus, ClaimCertificate

LOSS = """size n
real s[n], c[n]
given sum(c[j], j) = 1
let p[i] = exp(s[i]) / sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
claim D(E, s[i]) = p[i] - c[i]
claim D(E, s[i]) = p[i] + c[i]   expect refuted
"""


@pytest.fixture
def without_coq(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)


def test_certificates_are_written_into_a_folder(tmp_path: Path) -> None:
    (tmp_path / "loss.drv").write_text(LOSS)
    ran = CliRunner().invoke(command, ["certify", str(tmp_path / "loss.drv"), "-o", str(tmp_path / "proofs")])
    assert ran.exit_code == 0, ran.output
    assert ran.output.splitlines() == [
        "written     D(E, s[i]) = p[i] - c[i]",
        "            written, and not checked: loss_1.v",
        "unsupported D(E, s[i]) = p[i] + c[i]",
        "            none: the kernel does not prove the claim",
    ]
    assert "checked by Coq" not in ran.output
    assert (tmp_path / "proofs" / "loss_1.v").exists()
    assert not (tmp_path / "proofs" / "loss_2.v").exists()
    assert "loss_1.v" in (tmp_path / "proofs" / "_CoqProject").read_text()


def test_without_coq_there_is_nobody_to_ask(tmp_path: Path, without_coq: None) -> None:
    (tmp_path / "loss.drv").write_text(LOSS)
    ran = CliRunner().invoke(
        command, ["certify", str(tmp_path / "loss.drv"), "-o", str(tmp_path / "p"), "--check"]
    )
    assert ran.exit_code == 2
    assert "apt-get install" in ran.output


def test_a_name_that_is_neither_file_nor_entry_is_told(tmp_path: Path) -> None:
    ran = CliRunner().invoke(command, ["certify", "cross-entrop", "-o", str(tmp_path)])
    assert ran.exit_code == 2
    assert "did you mean cross-entropy?" in ran.output


def test_a_report_carries_certificates(tmp_path: Path, without_coq: None) -> None:
    (tmp_path / "loss.drv").write_text(LOSS)
    folder = str(tmp_path / "proofs")
    options = ["check", "--no-cache", "--json", "--certify", "-o", folder, str(tmp_path / "loss.drv")]
    ran = CliRunner().invoke(command, options)
    proved, refuted = json.loads(ran.stdout)["results"]
    assert proved["certificate"] == {"status": "written", "file": "loss_1.v", "reason": None}
    assert refuted["certificate"] is None
    assert "certificates are written, and not checked" in ran.stderr


@pytest.mark.long
@pytest.mark.needs_tool("coqc")
def test_coq_checks_what_is_proved(tmp_path: Path) -> None:
    (tmp_path / "loss.drv").write_text("real x\nclaim D(x^2, x) = 2*x\n")
    options = ["check", "--no-cache", "--certify", "-o", str(tmp_path / "proofs"), str(tmp_path / "loss.drv")]
    ran = CliRunner().invoke(command, options)
    assert "certificate: checked by Coq: loss_1.v" in ran.output


def test_every_status_has_its_words() -> None:
    words = {status: certificate_text(ClaimCertificate(status)) for status in CertificateStatus}
    assert [status for status, text in words.items() if "checked by Coq" in text] == [
        CertificateStatus.CHECKED
    ]


def test_a_chain_has_a_certificate_for_each_link(tmp_path: Path) -> None:
    (tmp_path / "chain.drv").write_text("real x\nclaim D(x^2, x) = 2*x = x + x\n")
    found = list(claims_of(str(tmp_path / "chain.drv")))
    assert [one.name for one in found] == ["chain_1", "chain_2"]
    certifier = Certifier(tmp_path / "proofs", check=False)
    statuses = [certifier.certified(one.equation, one.context, one.name).status for one in found]
    assert statuses == [CertificateStatus.WRITTEN] * 2

#!/usr/bin/env python3
# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Writes the AMD certificates in `synthetic/`: a root of our own, so that tests can sign reports that no AMD chip would.

The keys of the root and the authorities are thrown away. The key of VCEK and VLEK is the P-384 scalar 05 05 … 05.
Needs the Python package `cryptography` 48. The files differ on every run, as the RSA keys do.
"""

import datetime
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

FOLDER = pathlib.Path(__file__).parent / "synthetic"
SHA384 = hashes.SHA384()
PSS = padding.PSS(padding.MGF1(SHA384), 48)
FROM = datetime.datetime(2024, 1, 1)
UNTIL = datetime.datetime(2034, 1, 1)
AMD = "1.3.6.1.4.1.3704.1."


def name(common):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def certificate(subject, key, issuer, issuer_key, serial, authority, extensions=()):
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
    )
    if authority:
        builder = builder.add_extension(x509.BasicConstraints(True, None), True)
        usages = dict.fromkeys(
            ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "encipher_only", "decipher_only"), False)
        builder = builder.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usages), True)
    for oid, value in extensions:
        builder = builder.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(AMD + oid), value), False)
    return builder.sign(issuer_key, SHA384, rsa_padding=PSS)


def crl(issuer, issuer_key, serials):
    builder = x509.CertificateRevocationListBuilder().issuer_name(name(issuer)).last_update(FROM).next_update(UNTIL)
    builder = builder.add_extension(x509.CRLNumber(len(serials) + 1), False)
    for serial in serials:
        revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(FROM).build()
        builder = builder.add_revoked_certificate(revoked)
    return builder.sign(issuer_key, SHA384, rsa_padding=PSS)


def main():
    root, authority = (rsa.generate_private_key(65537, 4096) for _ in range(2))
    chip = ec.derive_private_key(int.from_bytes(bytes([5] * 48), "big"), ec.SECP384R1()).public_key()
    versions = [("3.1", 3), ("3.2", 0), ("3.3", 8), ("3.8", 115)]
    tcb = [(oid, bytes([2, 1, version])) for oid, version in versions]
    files = {
        "amd-ark.der": certificate("ARK-Milan", root.public_key(), "ARK-Milan", root, 1, True),
        "amd-ask.der": certificate("SEV-Milan", authority.public_key(), "ARK-Milan", root, 2, True),
        "amd-asvk.der": certificate("SEV-VLEK-Milan", authority.public_key(), "ARK-Milan", root, 3, True),
        "amd-vcek.der": certificate("SEV-VCEK", chip, "SEV-Milan", authority, 1000, False, tcb + [("4", bytes([7] * 64))]),
        "amd-vlek.der": certificate("SEV-VLEK", chip, "SEV-VLEK-Milan", authority, 1001, False, tcb + [("5", b"\x16\x04test")]),
        "amd-crl-none.der": crl("ARK-Milan", root, []),
        "amd-crl-ask.der": crl("ARK-Milan", root, [2]),
    }
    FOLDER.mkdir(exist_ok=True)
    for file, value in files.items():
        (FOLDER / file).write_bytes(value.public_bytes(Encoding.DER))


main()

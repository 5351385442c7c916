//! The secret with certificates, looked at before anything is built.

use thiserror::Error;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

use crate::convert::CERTIFICATES_SECRET;

/// Fails if there is no certificate, or one that is cut off or no base64.
pub(super) fn check(pem: &[u8]) -> Result<(), CertificatesError> {
    let mut found = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        found += 1;
        if certificate.is_err() {
            return Err(CertificatesError::Malformed { number: found });
        }
    }
    if found == 0 {
        return Err(CertificatesError::None);
    }
    Ok(())
}

/// What is wrong with the secret. Its text is not told: a wrong file may hold a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum CertificatesError {
    /// No certificate.
    #[error(
        "the secret `{CERTIFICATES_SECRET}` has no certificate: no line of it is `-----BEGIN CERTIFICATE-----`"
    )]
    None,
    /// One is not what the lines around it promise.
    #[error("certificate {number} of the secret `{CERTIFICATES_SECRET}` is cut off, or no base64")]
    Malformed {
        /// Which one, from 1.
        number: usize,
    },
}

impl CertificatesError {
    /// What to do about it.
    pub(super) fn hint(&self) -> String {
        match self {
            Self::None => "give certificates as PEM; one in binary form becomes such a file by \
                           `openssl x509 -inform der -in FILE -out FILE.pem`"
                .to_owned(),
            Self::Malformed { .. } => {
                "give the file as the authority gave it: its lines from `-----BEGIN CERTIFICATE-----` to `-----END CERTIFICATE-----`".to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";

    #[test]
    fn several_certificates_with_text_between_them_are_right() {
        let two = format!("# Corporate\r\n{CERTIFICATE}# Second\n{CERTIFICATE}");
        assert_eq!(check(two.as_bytes()), Ok(()));
    }

    #[test]
    fn what_is_no_certificate_is_told_with_what_to_do() {
        let key = CERTIFICATE.replace("CERTIFICATE", "PRIVATE KEY");
        for wrong in [&[][..], b"\x30\x82\x01", key.as_bytes()] {
            assert_eq!(check(wrong), Err(CertificatesError::None), "{wrong:?}");
        }
        let error = check(&[]).unwrap_err();
        insta::assert_snapshot!(format!("{error}\n{}", error.hint()), @r"
        the secret `railpack-ca` has no certificate: no line of it is `-----BEGIN CERTIFICATE-----`
        give certificates as PEM; one in binary form becomes such a file by `openssl x509 -inform der -in FILE -out FILE.pem`
        ");
    }

    #[test]
    fn a_certificate_that_is_cut_off_or_no_base64_is_told() {
        let cut_off = CERTIFICATE.replace("-----END CERTIFICATE-----", "");
        let no_base64 = format!("{CERTIFICATE}{}", CERTIFICATE.replace("MAA=", "M?A="));
        let numbers = [cut_off, no_base64].map(|pem| match check(pem.as_bytes()) {
            Err(CertificatesError::Malformed { number }) => number,
            other => panic!("{other:?}"),
        });
        assert_eq!(numbers, [1, 2]);
        let error = CertificatesError::Malformed { number: 2 };
        insta::assert_snapshot!(format!("{error}\n{}", error.hint()), @r"
        certificate 2 of the secret `railpack-ca` is cut off, or no base64
        give the file as the authority gave it: its lines from `-----BEGIN CERTIFICATE-----` to `-----END CERTIFICATE-----`
        ");
    }
}

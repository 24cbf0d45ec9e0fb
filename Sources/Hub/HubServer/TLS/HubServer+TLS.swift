import Logging

extension HubServer {
    /// Loads certificate and key again, for the connections to come. What is no good is logged, and what was there stays.
    package func reloadCertificate() {
        if let certificate { tell(certificate.reload()) }
    }

    /// The same, if the files have changed.
    func reloadCertificateIfChanged() {
        if let certificate { tell(certificate.reloadIfChanged()) }
    }

    private func tell(_ change: HubCertificate.Change) {
        switch change {
        case .none: break
        case .loaded: logger.notice("loaded the certificate and its key anew")
        case .refused(let error):
            logger.error("the certificate is no good; the one before stays", metadata: ["error": "\(error)"])
        }
    }
}

import Files
import TextFormats
package import UploaderConfiguration

/// The configuration file, before all that follows from it.
package struct ConfigurationCheck {
    package private(set) var findings: [Finding] = []
    /// Nil without a file that can be used: then only the machine is examined.
    package private(set) var plan: UploadPlan?

    /// - Parameter location: the path of the file, or why there is none.
    package init(_ location: Result<String, NoConfiguration>) {
        switch location {
        case .success(let path): examine(path)
        case .failure(let error): findings = [Self.finding(about: error)]
        }
    }

    private mutating func examine(_ path: String) {
        do {
            plan = try UploadPlan(ofServiceAt: path)
            if let warning = PrivateMode.writeWarning(path) {
                findings.append(Finding(.configuration, .warning, warning))
            }
        } catch {
            let file = ConfigurationFile.absolute(path).quotedForShell
            let sentences = (error as? ConfigurationError)?.sentences ?? ["\(error)"]
            findings += sentences.map {
                Finding(
                    .configuration, .problem, $0,
                    remedy: "correct the file, then: strapline check --config \(file)")
            }
        }
    }

    private static func finding(about error: NoConfiguration) -> Finding {
        if let closed = error.closed {
            return Finding(
                .configuration, .warning, "This user may not read \(closed): its straps and services are not checked.",
                remedy: "sudo strapline doctor")
        }
        return Finding(
            .configuration, .info, "There is no configuration: only this machine is checked.",
            remedy: "strapline setup makes one")
    }
}

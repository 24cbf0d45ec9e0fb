import Console
package import UploaderConfiguration

/// The context that all steps of a setup share. It is the only reader of the configuration file in a setup.
package struct SetupContext {
    package let questions: SetupQuestions
    package let options: SetupOptions
    package let layout: ServiceLayout

    package init(questions: SetupQuestions, options: SetupOptions, layout: ServiceLayout) {
        self.questions = questions
        self.options = options
        self.layout = layout
    }

    /// The path of the configuration file.
    package var path: String { layout.configuration }

    /// The file as it is now; nil if it is missing or holds only comments.
    package func configuration() throws(ConfigurationError) -> Configuration? {
        guard ConfigurationDraft.exists(at: path) else { return nil }
        return try ConfigurationDraft.configuration(at: path)
    }

    /// The names of the straps in the file, to add something for them.
    /// - Throws: ``SetupError`` if it has none.
    func strapNames() throws -> [String] {
        guard let configuration = try configuration(), !configuration.straps.isEmpty else {
            throw SetupError(
                description: "\(path) has no strap yet: run strapline setup first.", code: .wrongConfiguration)
        }
        return configuration.straps.map(\.name)
    }

    /// The file as it is now, to add a strap to.
    func draft() throws(ConfigurationError) -> ConfigurationDraft { try ConfigurationDraft(extending: path) }

    /// The plan of the uploader that runs with the file.
    func plan() throws -> UploadPlan { try UploadPlan(ofServiceAt: path) }
}

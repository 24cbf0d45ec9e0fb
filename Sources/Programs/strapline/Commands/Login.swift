import ArgumentParser

struct Login: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Get a token from a service, or check one and put it where the uploader finds it.",
        discussion: """
            Cardiogram offers no way to check a token without writing beats: put its token into the token_file yourself \
            (mode 600).
            """,
        subcommands: [LoginPulsoid.self])
}

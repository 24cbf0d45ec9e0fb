/// Which hub this is.
public enum HubBuild {
    /// The version of the program, as `strapline-hub --version` and `/metrics` tell it.
    public static let version = "0.1.0"
}

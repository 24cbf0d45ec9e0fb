import CMosquitto
import TextFormats

/// libmosquitto, which is loaded at its first use and stays loaded.
///
/// Only a program that uses MQTT loads it, and a package needs it as a recommendation only.
package struct MosquittoLibrary: Sendable {
    /// The name by which the loader finds it: the ABI of all versions since 1.0.
    package static let name = "libmosquitto.so.1"

    let functions: cmosquitto_functions

    /// - Throws: ``MQTTFailure`` with the command that installs it, if it is missing.
    package init(name: String = Self.name) throws(MQTTFailure) {
        var functions = cmosquitto_functions()
        if let problem = cmosquitto_load(name, &functions) {
            throw MQTTFailure(.libraryMissing, String(cString: problem).printable())
        }
        // It counts its callers. No call undoes this one, because the library stays loaded.
        _ = functions.lib_init()
        self.functions = functions
    }
}

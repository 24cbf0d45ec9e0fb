/// The reply to `Introspect`
/// ([format](https://dbus.freedesktop.org/doc/dbus-specification.html#introspection-format)).
extension ExportedObjects {
    func introspection(of path: ObjectPath) -> String {
        var lines = [
            #"<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN""#,
            #" "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">"#,
            "<node>",
        ]
        var interfaces = Array(objects[path, default: [:]].values).sorted { $0.name < $1.name }
        interfaces += StandardInterfaces.all(isManager: managers.contains(path))
        for interface in interfaces { lines += Self.lines(for: interface) }
        for child in children(of: path) { lines.append(#"  <node name="\#(child)"/>"#) }
        lines.append("</node>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(for interface: ExportedInterface) -> [String] {
        var lines = [#"  <interface name="\#(interface.name)">"#]
        for method in interface.methods {
            lines.append(#"    <method name="\#(method.name)">"#)
            lines += method.input.singleTypes.map { #"      <arg type="\#($0)" direction="in"/>"# }
            lines += method.output.singleTypes.map { #"      <arg type="\#($0)" direction="out"/>"# }
            lines.append("    </method>")
        }
        for signal in interface.signals {
            lines.append(#"    <signal name="\#(signal.name)">"#)
            lines += signal.arguments.singleTypes.map { #"      <arg type="\#($0)"/>"# }
            lines.append("    </signal>")
        }
        for (name, value) in interface.properties.sorted(by: { $0.key < $1.key }) {
            let access = interface.setters[name] == nil ? "read" : "readwrite"
            lines.append(#"    <property name="\#(name)" type="\#(value.signature)" access="\#(access)"/>"#)
        }
        lines.append("  </interface>")
        return lines
    }
}

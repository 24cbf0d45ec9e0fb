/// The reply to a peer's call, before any handler has run.
enum CallReply: Sendable {
    /// Reply with these values.
    case values([BusValue])
    /// Run the handler, and check the types of its result.
    case handler(output: Signature, @Sendable () async throws -> [BusValue])
}

extension ExportedObjects {
    /// Finds the handler of a call. Throws a standard error if there is none.
    func reply(to call: IncomingCall) throws(BusError) -> CallReply {
        switch (call.interface, call.member) {
        case (BusName.peer, "Ping"):
            return .values([])
        case (_, _) where !exists(call.path):
            throw BusError(name: BusError.Name.unknownObject, message: call.noSuchMethod)
        case (BusName.introspectable, "Introspect"), ("", "Introspect"):
            return .values([.string(introspection(of: call.path))])
        case (BusName.objectManager, "GetManagedObjects") where managers.contains(call.path):
            return .values([managedObjects(below: call.path)])
        case (BusName.properties, _):
            return try reply(toPropertyCall: call)
        default:
            return try reply(toMethodCall: call)
        }
    }

    private func reply(toMethodCall call: IncomingCall) throws(BusError) -> CallReply {
        let candidates = objects[call.path, default: [:]].values.filter {
            call.interface.isEmpty || $0.name == call.interface
        }
        guard !candidates.isEmpty else {
            throw BusError(name: BusError.Name.unknownInterface, message: call.noSuchMethod)
        }
        guard let method = candidates.lazy.flatMap(\.methods).first(where: { $0.name == call.member }) else {
            throw BusError(name: BusError.Name.unknownMethod, message: call.noSuchMethod)
        }
        try call.expect(method.input)
        return .handler(output: method.output) { try await method.handler(call) }
    }

    private func reply(toPropertyCall call: IncomingCall) throws(BusError) -> CallReply {
        switch call.member {
        case "GetAll":
            try call.expect("s")
            return .values([.properties(try interface(named: call.arguments[0], at: call.path).properties)])
        case "Get":
            try call.expect("ss")
            let interface = try interface(named: call.arguments[0], at: call.path)
            return .values([.variant(try interface.property(call.arguments[1]).value)])
        case "Set":
            try call.expect("ssv")
            let interface = try interface(named: call.arguments[0], at: call.path)
            let (name, present) = try interface.property(call.arguments[1])
            guard let setter = interface.setters[name] else {
                throw BusError(name: BusError.Name.propertyReadOnly, message: "\(name) cannot be set")
            }
            guard case .variant(let new) = call.arguments[2], new.signature == present.signature else {
                throw BusError(name: BusError.Name.invalidArgs, message: "\(name) is of type \(present.signature)")
            }
            return .handler(output: "") {
                try await setter(call, new)
                return []
            }
        default:
            throw BusError(name: BusError.Name.unknownMethod, message: call.noSuchMethod)
        }
    }

    private func interface(named name: BusValue, at path: ObjectPath) throws(BusError) -> ExportedInterface {
        guard let interface = self[path, name.string ?? ""] else {
            throw BusError(
                name: BusError.Name.unknownInterface, message: "\(path) has no interface \(name.string ?? "")")
        }
        return interface
    }
}

extension ExportedInterface {
    fileprivate func property(_ name: BusValue) throws(BusError) -> (name: String, value: BusValue) {
        guard let name = name.string, let value = properties[name] else {
            throw BusError(
                name: BusError.Name.unknownProperty, message: "\(self.name) has no property \(name.string ?? "")")
        }
        return (name, value)
    }
}

extension IncomingCall {
    /// The text of libdbus for the same error.
    fileprivate var noSuchMethod: String {
        let types = arguments.map(\.signature.string).joined()
        return #"Method "\#(member)" with signature "\#(types)" on interface "\#(interface)" doesn't exist"#
    }

    fileprivate func expect(_ types: Signature) throws(BusError) {
        let found = arguments.map(\.signature.string).joined()
        guard found == types.string else {
            throw BusError(
                name: BusError.Name.invalidArgs, message: "\(member) takes arguments of type “\(types)”, not “\(found)”"
            )
        }
    }
}

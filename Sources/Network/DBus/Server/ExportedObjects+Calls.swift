/// What a peer's call gets, before anything is done.
enum Answer: Sendable {
    /// These values, at once.
    case values([BusValue])
    /// Whatever this returns or throws, checked against the promised types.
    case handler(output: Signature, @Sendable () async throws -> [BusValue])
}

extension ExportedObjects {
    /// Finds what a call is for; the standard errors tell what is not there.
    func answer(to call: IncomingCall) throws(BusError) -> Answer {
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
            return try answer(toPropertyCall: call)
        default:
            return try answer(toMethodCall: call)
        }
    }

    private func answer(toMethodCall call: IncomingCall) throws(BusError) -> Answer {
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

    private func answer(toPropertyCall call: IncomingCall) throws(BusError) -> Answer {
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
    /// In libdbus's words.
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

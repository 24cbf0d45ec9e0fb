import CardiogramAPI
import FoundationEssentials
import HTTPTypes
import HeartRate
import HubAPI
import HubStore
import NIOCore
import PulsoidAPI
import Timing

/// The calls that write measurements, and those that show the newest one.
struct MeasurementCalls: Sendable {
    /// What validation reports for a token that never expires: a number of seconds is expected, and this one fits 32
    /// bits.
    private static let neverSeconds = Int64(Int32.max)

    private let store: HubStore
    private let limits: HubLimits
    private let rows: RowRateLimiter

    init(store: HubStore, limits: HubLimits) {
        self.store = store
        self.limits = limits
        rows = RowRateLimiter(rowsPerDay: limits.rowsPerUserAndDay, time: store.time)
    }

    func writeHeartRate(_ body: ByteBuffer, _ grant: AccessGrant) async throws -> HubResponse {
        guard let message = HeartRateMessage(body) else {
            throw HubHTTPError(
                .badRequest, #"the body must be JSON like {"measured_at": 1709312400000, "data": {"heart_rate": 75}}"#)
        }
        if let refusal = measuredAtRule.refusal(of: message.measuredAtMilliseconds) {
            throw HubHTTPError(.badRequest, refusal)
        }
        guard message.heartRate <= limits.heartRate else {
            throw HubHTTPError(.badRequest, "heart_rate must be at most \(limits.heartRate)")
        }
        // "Heart rate values of 0 or below are silently ignored and will not be stored."
        if message.heartRate > 0 {
            try rows.admit(1, ofUser: grant.user.id)
            try await store.readings.append(
                StoredReading(
                    userID: grant.user.id, measuredAtMilliseconds: message.measuredAtMilliseconds,
                    heartRate: message.heartRate))
        }
        return .keptReading
    }

    /// `POST /api/v1/strapline/readings`: readings with contact and RR intervals, all or none. One without a heart rate
    /// is kept only if the strap reports that it has no contact.
    func writeDetailedReadings(_ body: ByteBuffer, _ grant: AccessGrant) async throws -> HubResponse {
        guard body.withUnsafeReadableBytes(JSONBounds.measurements.allow),
            let request = try? JSONDecoder().decode(DetailedReadings.self, from: Data(body.readableBytesView))
        else {
            throw HubHTTPError(
                .badRequest,
                #"the body must be JSON like {"readings": [{"measured_at": 1709312400000, "heart_rate": 75, "#
                    + #""contact": "detected", "rr": [821, 809]}]}, with RR intervals in 1/1024 s"#)
        }
        guard request.readings.count <= limits.readingsPerBody else {
            throw HubHTTPError(.badRequest, "at most \(limits.readingsPerBody) readings in one request")
        }
        let rule = measuredAtRule
        for reading in request.readings {
            if let refusal = rule.refusal(of: reading.measuredAtMilliseconds) {
                throw HubHTTPError(.badRequest, refusal)
            }
            guard reading.measurement.rrIntervals.count <= limits.intervalsPerReading else {
                throw HubHTTPError(.badRequest, "at most \(limits.intervalsPerReading) RR intervals in one reading")
            }
        }
        let kept = request.readings.filter { $0.measurement.isHeartRate || $0.measurement.contact == .notDetected }
        if !kept.isEmpty {
            try rows.admit(kept.count, ofUser: grant.user.id)
            try await store.readings.append(kept, ofUser: grant.user.id)
        }
        return .empty
    }

    private var measuredAtRule: MeasuredAtRule {
        MeasuredAtRule(
            limits: limits, now: store.time.now().wallMilliseconds, isClockTrusted: store.time.isWallClockTrusted)
    }

    func writeBeats(_ body: ByteBuffer, _ grant: AccessGrant) async throws -> HubResponse {
        guard body.withUnsafeReadableBytes(JSONBounds.measurements.allow),
            let request = try? JSONDecoder().decode(BeatsRequest.self, from: Data(body.readableBytesView))
        else { throw HubHTTPError(.malformedInput) }
        if let refusal = request.refusal { throw HubHTTPError(refusal) }
        guard request.beats.allSatisfy({ $0.start <= $0.end }) else { throw HubHTTPError(.malformedInput) }
        let rule = measuredAtRule
        if let refusal = request.beats.lazy.compactMap(rule.refusal(of:)).first {
            throw HubHTTPError(.badRequest, refusal)
        }
        // As with Pulsoid's writes: a value of 0 is not kept.
        let beats = request.beats.filter { $0.value > 0 }
        if !beats.isEmpty {
            try rows.admit(beats.count, ofUser: grant.user.id)
            try await store.readings.append(beats, ofUser: grant.user.id)
        }
        return .json(Answer.saved)
    }

    func latestHeartRate(_ target: RequestTarget, _ grant: AccessGrant) async throws -> HubResponse {
        let mode = try target.responseMode(among: [.json, .textPlainOnlyHeartRate])
        guard let latest = try await store.readings.latest(ofUser: grant.user.id) else {
            throw HubHTTPError(.preconditionFailed, "the user has no heart rate data")
        }
        return .text(
            latest.text(mode),
            contentType: mode == .json ? HubResponse.jsonContentType : "text/plain; charset=UTF-8")
    }

    func validation(_ grant: AccessGrant) -> HubResponse {
        let now = store.time.now().wallMilliseconds
        let expiresInSeconds = grant.token.expiresAtMilliseconds.map { max(0, $0 - now) / 1000 }
        return .json(
            TokenValidation(
                clientID: grant.token.clientID ?? Client.builtInID,
                expiresInSeconds: expiresInSeconds ?? Self.neverSeconds,
                profileID: grant.user.profileID, scopes: grant.token.scopes))
    }

    /// The hub's users have no channel and no app, so only the name is known.
    func profile(_ grant: AccessGrant) async throws -> HubResponse {
        .json(
            Profile(
                channel: "", login: grant.user.name, mobileLogin: false,
                heartRate: try await store.readings.latest(ofUser: grant.user.id) != nil))
    }
}

extension HeartRateMessage {
    /// Nil for a body that is not one. The documented form is read without a decoder, which took two thirds of the
    /// call's time.
    fileprivate init?(_ body: ByteBuffer) {
        if let message = body.withUnsafeReadableBytes(HeartRateMessage.init(documentedForm:)) {
            self = message
        } else if body.withUnsafeReadableBytes(JSONBounds.measurements.allow),
            let message = try? JSONDecoder().decode(HeartRateMessage.self, from: Data(body.readableBytesView))
        {
            self = message
        } else {
            return nil
        }
    }
}

import Recordings

/// Uploads FIT files to intervals.icu, and asks for a session whose upload has no known outcome.
struct IntervalsDestination: SessionDestination {
    let format = RecordingFormat.fit
    private let api: IntervalsAPI

    init(_ api: IntervalsAPI) {
        self.api = api
    }

    func upload(_ file: SessionFile) async -> SessionUploadOutcome { await api.upload(file) }

    func find(_ file: SessionFile) async -> SessionSearchOutcome { await api.find(file) }
}

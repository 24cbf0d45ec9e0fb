/// A file of the hub's web page. They are compiled into the program, so that an installed one needs nothing beside it, and
/// are sent as they are: no build step, and nothing is fetched from anywhere else.
enum PageFile: String, Sendable, Hashable, CaseIterable {
    // What a browser is sent to.
    case index = "index.html"
    case overlay = "overlay.html"
    // What these two ask for.
    case pageStyle = "page.css"
    case overlayStyle = "overlay.css"
    case icon = "icon.svg"
    case pageScript = "page.js"
    case overlayScript = "overlay.js"
    case chart = "chart.js"
    case follower = "follower.js"
    case history = "history.js"
    case hub = "hub.js"
    case liveness = "liveness.js"
    case tile = "tile.js"
    case zones = "zones.js"

    /// The file at a path: `/`, `/overlay/{profile}` or `/page/{name}`.
    init?(_ segments: [String]) {
        switch segments {
        case [""]: self = .index
        case _ where segments.count == 2 && segments[0] == "overlay" && !segments[1].isEmpty: self = .overlay
        case _ where segments.count == 2 && segments[0] == "page": self.init(rawValue: segments[1])
        default: return nil
        }
    }

    var contentType: String {
        switch rawValue.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "text/javascript; charset=utf-8"
        }
    }

    /// What is in the file.
    var bytes: [UInt8] {
        switch self {
        case .index: PackageResources.index_html
        case .overlay: PackageResources.overlay_html
        case .pageStyle: PackageResources.page_css
        case .overlayStyle: PackageResources.overlay_css
        case .icon: PackageResources.icon_svg
        case .pageScript: PackageResources.page_js
        case .overlayScript: PackageResources.overlay_js
        case .chart: PackageResources.chart_js
        case .follower: PackageResources.follower_js
        case .history: PackageResources.history_js
        case .hub: PackageResources.hub_js
        case .liveness: PackageResources.liveness_js
        case .tile: PackageResources.tile_js
        case .zones: PackageResources.zones_js
        }
    }
}

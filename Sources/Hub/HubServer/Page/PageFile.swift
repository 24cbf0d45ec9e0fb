/// A file of the hub's web page. The files are compiled into the program, and sent unchanged: no build step, nothing
/// from other sites.
enum PageFile: String, Sendable, Hashable, CaseIterable {
    // Pages.
    case index = "index.html"
    case overlay = "overlay.html"
    case administration = "admin.html"
    case sessions = "sessions.html"
    // Their resources.
    case pageStyle = "page.css"
    case overlayStyle = "overlay.css"
    case administrationStyle = "admin.css"
    case sessionsStyle = "sessions.css"
    case icon = "icon.svg"
    case pageScript = "page.js"
    case overlayScript = "overlay.js"
    case administrationScript = "admin.js"
    case administrationCalls = "admin-hub.js"
    case chart = "chart.js"
    case code = "code.js"
    case follower = "follower.js"
    case history = "history.js"
    case hub = "hub.js"
    case liveness = "liveness.js"
    case localTime = "local-time.js"
    case memberDialog = "member-dialog.js"
    case order = "order.js"
    case retry = "retry.js"
    case session = "session.js"
    case sessionView = "session-view.js"
    case sessionsScript = "sessions.js"
    case tile = "tile.js"
    case trend = "trend.js"
    case wall = "wall.js"
    case year = "year.js"
    case zones = "zones.js"

    /// The name of its call in metrics.
    var route: String {
        switch self {
        case .index: "/"
        case .overlay: "/overlay/{profile}"
        case .administration: "/admin"
        case .sessions: "/sessions"
        default: "/page/{file}"
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

    /// The contents.
    var bytes: [UInt8] {
        switch self {
        case .index: PackageResources.index_html
        case .overlay: PackageResources.overlay_html
        case .administration: PackageResources.admin_html
        case .sessions: PackageResources.sessions_html
        case .pageStyle: PackageResources.page_css
        case .overlayStyle: PackageResources.overlay_css
        case .administrationStyle: PackageResources.admin_css
        case .sessionsStyle: PackageResources.sessions_css
        case .icon: PackageResources.icon_svg
        case .pageScript: PackageResources.page_js
        case .overlayScript: PackageResources.overlay_js
        case .administrationScript: PackageResources.admin_js
        case .administrationCalls: PackageResources.admin_hub_js
        case .chart: PackageResources.chart_js
        case .code: PackageResources.code_js
        case .follower: PackageResources.follower_js
        case .history: PackageResources.history_js
        case .hub: PackageResources.hub_js
        case .liveness: PackageResources.liveness_js
        case .localTime: PackageResources.local_time_js
        case .memberDialog: PackageResources.member_dialog_js
        case .order: PackageResources.order_js
        case .retry: PackageResources.retry_js
        case .session: PackageResources.session_js
        case .sessionView: PackageResources.session_view_js
        case .sessionsScript: PackageResources.sessions_js
        case .tile: PackageResources.tile_js
        case .trend: PackageResources.trend_js
        case .wall: PackageResources.wall_js
        case .year: PackageResources.year_js
        case .zones: PackageResources.zones_js
        }
    }
}

/// The labels of tokens that commands issue for a purpose.
package enum TokenLabel {
    package static let uploader = "uploader"
    package static let reader = "reader"
    package static let overlay = "overlay"
}

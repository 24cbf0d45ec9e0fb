/// A message that is published.
package struct MQTTMessage: Sendable, Hashable {
    /// How surely a message arrives (MQTT 3.1.1, section 4.3).
    package enum Delivery: Int32, Sendable {
        /// QoS 0: the newest value follows soon.
        case atMostOnce = 0
        /// QoS 1: the broker confirms it.
        case atLeastOnce = 1
    }

    package var topic: String
    /// An empty payload that is retained removes the retained message of the topic.
    package var payload: String
    package var delivery: Delivery
    /// Whether the broker keeps it for later subscribers.
    package var isRetained: Bool

    package init(_ topic: String, _ payload: String, delivery: Delivery, isRetained: Bool) {
        self.topic = topic
        self.payload = payload
        self.delivery = delivery
        self.isRetained = isRetained
    }

    /// A value of the present moment: QoS 0, not retained.
    package static func live(_ topic: String, _ payload: String) -> MQTTMessage {
        MQTTMessage(topic, payload, delivery: .atMostOnce, isRetained: false)
    }

    /// A state that stays true until the next message: QoS 1, retained.
    package static func kept(_ topic: String, _ payload: String) -> MQTTMessage {
        MQTTMessage(topic, payload, delivery: .atLeastOnce, isRetained: true)
    }
}

/// A message of a subscribed topic.
package struct ReceivedMessage: Sendable, Hashable {
    package let topic: String
    package let payload: String

    package init(topic: String, payload: String) {
        self.topic = topic
        self.payload = payload
    }
}

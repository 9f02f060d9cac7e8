/** Kafka: where events and labels come from, and where what is said about them goes. */
package dev.braid.connectors.kafka;

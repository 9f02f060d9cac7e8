/** Streams by name or file, and the producer that sends them to Kafka. */
package dev.braid.connectors.stream;

/** A real Kafka broker for demos and tests, in this JVM or beside it. */
package dev.braid.connectors.broker;

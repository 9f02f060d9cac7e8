/** How records travel between Flink's operators and rest in its state: compact binary forms. */
package dev.braid.connectors.type;

/** Bytes to records and back: JSON and CSV. */
package dev.braid.connectors.format;

/** Bytes to records and back: formats are services over bytes, JSON and CSV the first of them. */
package dev.braid.connectors.format;

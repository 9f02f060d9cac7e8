/** The records Braid reads and writes, their formats, and the places they come from and go to. */
package dev.braid.connectors;

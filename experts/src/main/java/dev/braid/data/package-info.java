/** What a stream consists of: features, schema, instances and the sources that deliver them. */
package dev.braid.data;

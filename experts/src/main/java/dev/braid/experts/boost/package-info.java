/** Gradient boosting of small histogram trees that goes on with the stream. */
package dev.braid.experts.boost;

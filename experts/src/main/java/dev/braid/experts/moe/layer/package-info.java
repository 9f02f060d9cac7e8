/** Opens layers and chooses what computes them. */
package dev.braid.experts.moe.layer;

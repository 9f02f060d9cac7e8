/** Experts that are neither trees nor networks. */
package dev.braid.experts.basic;

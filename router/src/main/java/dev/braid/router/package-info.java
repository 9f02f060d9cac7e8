/** The neural router, gating, the expert pool and the learners composed of them. */
package dev.braid.router;

/** What a layer is made of, where it lies, and how it is saved. */
package dev.braid.experts.moe.state;

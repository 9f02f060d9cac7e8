/** What a layer looks like, in values and as text, and the batches that go through it. */
package dev.braid.experts.moe.spec;

/** Networks as experts of a model: they take instances, and encode and remember them. */
package dev.braid.experts.moe.expert;

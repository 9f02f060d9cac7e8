/** Gates: scores of a row's experts, and which of them compute it with which weight. */
package dev.braid.experts.moe.gate;

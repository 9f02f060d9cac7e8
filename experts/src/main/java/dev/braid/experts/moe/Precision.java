package dev.braid.experts.moe;

/** Arithmetic of the matrix products on a device; sums and weights are 32-bit in all of them. */
public enum Precision {
  /** 32-bit products: the reference. */
  FP32,
  /** Factors rounded to 10 bits of mantissa on their way into the product. */
  TF32,
  /** Weights and activations also kept as bfloat16 for the products, beside 32-bit weights. */
  BF16;

  /** Bytes of an activation or weight as the products take it. */
  public int bytes() {
    return this == BF16 ? 2 : Float.BYTES;
  }
}

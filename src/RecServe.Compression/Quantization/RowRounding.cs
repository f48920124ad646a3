namespace RecServe.Compression.Quantization;

/// <summary>How a row's numbers become codes.</summary>
public enum RowRounding
{
    /// <summary>To the nearest code within the row's own range.</summary>
    Nearest,

    /// <summary>As nearest, but int4 and int2 rows within the range that loses least: for rows that are quantized once.</summary>
    Searched,

    /// <summary>Up or down by chance so that the mean is kept: for training without full-precision rows.</summary>
    Stochastic,
}

namespace RecServe.Ranking;

/// <summary>
/// What counted work costs, in picoseconds: constants, so that the plan of a request depends on the model and the number of candidates alone.
/// Only their ratios choose.
/// </summary>
/// <param name="Product">A multiply-add of a matrix product: 98 G/s, 93 % of what the core does in registers.</param>
/// <param name="VectorProduct">A multiply-add of a product with one output.</param>
/// <param name="Weight">A weight read for a pass of rows: 200 GB/s, from the second-level cache.</param>
/// <param name="Element">A number packed, copied or combined: three streams of 4 bytes at 67 GB/s.</param>
internal readonly record struct ScoringCosts(double Product, double VectorProduct, double Weight, double Element)
{
    /// <summary>Requests that a kept shared part is taken to serve: it is then worth four times its cost in savings.</summary>
    public const int UsesOfKept = 4;

    /// <summary>Measured on one core with 512-bit registers over every plan of both structures at 1 to 5,000 candidates; with narrower registers all of them grow alike.</summary>
    public static ScoringCosts Measured { get; } = new(10.2, 30, 20, 180);

    /// <summary>Picoseconds to find an item's part by its floats: a hash of some hundred floats and a place that is not in the caches.</summary>
    private const double Lookup = 60_000;

    // Of ten items one is taken to be missing: its part is made, rounded and written.
    private const double Missing = 0.1;

    /// <summary>Whether an item's part is found and read sooner than it is made.</summary>
    /// <param name="outputs">Numbers of the part.</param>
    /// <param name="inputs">Floats of the item that it is made of.</param>
    public bool KeepingPays(int outputs, int inputs)
    {
        double made = (double)outputs * inputs * Product, read = outputs * Element;
        return Lookup + read + (Missing * (made + (2 * read))) < made;
    }

    // A multiply-add of two 16-bit integers, 166 to 188 G/s at 500 rows, their rounding apart; and the rounding of an input, with its largest found before.
    private const double RoundedProduct = 5.3, Rounding = 150;

    /// <summary>Whether a layer's product is made sooner in 16-bit integers than in single precision.</summary>
    /// <param name="outputs">Outputs of the layer; panels of 64 are filled up.</param>
    /// <param name="inputs">Inputs of the layer.</param>
    public bool RoundingPays(int outputs, int inputs) => (((outputs + 63) / 64 * 64 * RoundedProduct) + Rounding) * inputs < outputs * Product * inputs;

    /// <summary>Microseconds of <paramref name="work"/>.</summary>
    public double Microseconds(in PlanWork work) =>
        ((work.Products * Product) + (work.VectorProducts * VectorProduct) + (work.Weights * Weight) + (work.Elements * Element)) / 1e6;
}

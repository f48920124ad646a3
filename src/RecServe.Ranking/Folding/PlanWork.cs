using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>Counted work, for <see cref="ScoringCosts"/> to put a time on.</summary>
internal readonly record struct PlanWork
{
    /// <summary>Multiply-adds of matrix products, rows counted as <see cref="Gemm.TiledRows"/> does.</summary>
    public long Products { get; init; }

    /// <summary>Multiply-adds of products with one output.</summary>
    public long VectorProducts { get; init; }

    /// <summary>Numbers of weights that matrix products read.</summary>
    public long Weights { get; init; }

    /// <summary>Numbers that are copied, packed or combined element by element.</summary>
    public long Elements { get; init; }

    /// <summary>A product of <paramref name="rows"/> rows with a layer.</summary>
    public static PlanWork Product(int rows, int outputs, int inputs)
    {
        if (rows == 0 || outputs == 0)
            return default;
        return outputs == 1
            ? new PlanWork { VectorProducts = (long)rows * inputs }
            : new PlanWork { Products = Gemm.TiledRows(rows) * (long)outputs * inputs, Weights = (long)outputs * inputs };
    }

    /// <summary>Numbers that are copied, packed or combined.</summary>
    public static PlanWork Moved(long elements) => new() { Elements = elements };

    public static PlanWork operator +(PlanWork a, PlanWork b) => new()
    {
        Products = a.Products + b.Products,
        VectorProducts = a.VectorProducts + b.VectorProducts,
        Weights = a.Weights + b.Weights,
        Elements = a.Elements + b.Elements,
    };
}

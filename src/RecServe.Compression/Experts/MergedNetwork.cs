using RecServe.Artifacts;

namespace RecServe.Compression.Experts;

/// <summary>
/// One network of several. A network's hidden units can be exchanged without a change of what it gives, so those of each member are first put in the order in which
/// they are most like the reference's: the assignment of the largest Σ ⟨row of W₁, row of the reference⟩ + b₁·b₁ + ⟨column of W₂, column of the reference⟩.
/// </summary>
internal sealed record MergedNetwork(float[] First, float[] FirstBias, float[] Second, float[] SecondBias)
{
    /// <param name="source">The package.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="members">The networks, the reference first.</param>
    /// <param name="shares">Share of each in the means.</param>
    /// <param name="width">Numbers of its input and output.</param>
    /// <param name="hidden">Hidden units.</param>
    public static MergedNetwork Of(ModelPackage source, int layer, int[] members, double[] shares, int width, int hidden)
    {
        MergedNetwork[] aligned = [.. members.Select(e => Read(source, $"moe.{layer}.expert.{e}"))];
        for (int i = 1; i < aligned.Length; i++)
            aligned[i] = aligned[i].Ordered(Assignment.Of(aligned[0].Likeness(aligned[i], width, hidden), hidden), width);
        float[] Mean(Func<MergedNetwork, float[]> part) =>
            members.Length == 1 ? part(aligned[0]) : [.. Enumerable.Range(0, part(aligned[0]).Length).Select(at => (float)aligned.Select((network, i) => shares[i] * part(network)[at]).Sum())];
        return new MergedNetwork(Mean(n => n.First), Mean(n => n.FirstBias), Mean(n => n.Second), Mean(n => n.SecondBias));
    }

    private static MergedNetwork Read(ModelPackage source, string name) => new(source.Tensor($"{name}.0.weight").Values, source.Tensor($"{name}.0.bias").Values,
        source.Tensor($"{name}.1.weight").Values, source.Tensor($"{name}.1.bias").Values);

    private double[] Likeness(MergedNetwork other, int width, int hidden)
    {
        var likeness = new double[hidden * hidden];
        for (int a = 0; a < hidden; a++)
        {
            for (int b = 0; b < hidden; b++)
            {
                double sum = (double)FirstBias[a] * other.FirstBias[b];
                for (int i = 0; i < width; i++)
                    sum += ((double)First[(a * width) + i] * other.First[(b * width) + i]) + ((double)Second[(i * hidden) + a] * other.Second[(i * hidden) + b]);
                likeness[(a * hidden) + b] = sum;
            }
        }

        return likeness;
    }

    private MergedNetwork Ordered(int[] units, int width)
    {
        int hidden = units.Length;
        return this with
        {
            First = [.. units.SelectMany(unit => First[(unit * width)..((unit + 1) * width)])],
            FirstBias = [.. units.Select(unit => FirstBias[unit])],
            Second = [.. Enumerable.Range(0, width).SelectMany(row => units.Select(unit => Second[(row * hidden) + unit]))],
        };
    }
}

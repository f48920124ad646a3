namespace RecServe.Ranking;

/// <summary>
/// Shapley values of lr and fm, whose logit is a sum over fields and pairs of fields: a field has its own change of first-order weight
/// and half of what each pair changes in either order, (w_f − w̄_f) + Σ_{g≠f} ⟨e_f − m_f, (e_g + m_g)/2⟩. O(fields · dim).
/// </summary>
internal static class ClosedForm
{
    public static double[] Contributions(FieldMixer mixer, ReadOnlySpan<float> row, bool pairs)
    {
        var contributions = new double[mixer.Fields];
        for (int f = 0; f < mixer.Fields; f++)
            contributions[f] = (double)mixer.Linear(f, row) - mixer.Linear(f, mixer.Means);
        if (!pairs)
            return contributions;

        var middle = new double[mixer.Embedding(0, row).Length];
        for (int f = 0; f < mixer.Fields; f++)
        {
            ReadOnlySpan<float> e = mixer.Embedding(f, row), m = mixer.Embedding(f, mixer.Means);
            for (int d = 0; d < e.Length; d++)
                middle[d] += ((double)e[d] + m[d]) / 2;
        }

        for (int f = 0; f < mixer.Fields; f++)
        {
            ReadOnlySpan<float> e = mixer.Embedding(f, row), m = mixer.Embedding(f, mixer.Means);
            for (int d = 0; d < e.Length; d++)
                contributions[f] += ((double)e[d] - m[d]) * (middle[d] - ((double)e[d] + m[d]) / 2);
        }

        return contributions;
    }
}

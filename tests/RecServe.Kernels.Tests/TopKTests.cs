namespace RecServe.Kernels.Tests;

public class TopKTests
{
    [Fact]
    public void Select_any_scores_equals_a_stable_sort()
    {
        var random = new Random(41);
        foreach (int n in (int[])[0, 1, 2, 5, 17, 100, 1025])
        {
            foreach (int k in (int[])[0, 1, 2, 7, 17, 100, 2000])
            {
                for (int ties = 0; ties < 3; ties++)
                {
                    float[] scores = [.. Enumerable.Range(0, n).Select(_ => ties switch
                    {
                        0 => random.NextSingle(),
                        1 => random.Next(4),
                        _ => random.Next(3) == 0 ? float.NaN : random.Next(3) == 0 ? float.NegativeInfinity : random.Next(2),
                    })];
                    int[] expected = [.. Enumerable.Range(0, n).OrderBy(i => float.IsNaN(scores[i])).ThenByDescending(i => scores[i]).ThenBy(i => i).Take(k)];
                    int[] indices = new int[k];
                    int count = TopK.Select(scores, indices);
                    Assert.Equal(expected, indices[..count]);
                }
            }
        }
    }

    [Fact]
    public void Select_all_nan_is_by_index()
    {
        int[] indices = new int[2];
        Assert.Equal(2, TopK.Select([float.NaN, float.NaN, float.NaN], indices));
        Assert.Equal([0, 1], indices);
    }

    [Fact]
    public void Select_allocates_nothing()
    {
        float[] scores = [.. Enumerable.Range(0, 500).Select(i => (float)(i * 7919 % 500))];
        int[] indices = new int[20];
        Assert.Equal(0, Allocations.Least(() => TopK.Select(scores, indices)));
    }
}

using RecServe.Training.Networks;

namespace RecServe.Training.Tests.Networks;

public sealed class AdamOptimizerTests
{
    [Theory]
    [InlineData(0.05f, 0f, 10f)]
    [InlineData(1e-5f, 1e-5f, 0.5f)]
    [InlineData(0f, 0f, 1e9f)]
    public void Step_equals_the_formulas_for_every_row_every_time(float tableL2, float denseL2, float clipNorm)
    {
        NetworkShape shape = NetworkShape.Of(ModelDefaults.Of(ModelKind.Mlp) with { Hidden = [17, 5] }, [("a", 401, 7), ("b", 3, 7)]);
        var parameters = new ParameterStore(shape);
        ParameterInitializer.Draw(parameters, 0.3f, new SeededRandom(1));
        double[] w = [.. parameters.Values.Select(v => (double)v)], m = new double[w.Length], v = new double[w.Length];
        using var team = new ThreadTeam(3);
        var optimizer = new AdamOptimizer(parameters, new TrainingOptions { Model = ModelKind.Mlp, EmbeddingL2 = tableL2, DenseL2 = denseL2, ClipNorm = clipNorm }, team);
        var random = new SeededRandom(2);
        for (int step = 1; step <= 5; step++)
        {
            // Most rows get no gradient of their own: they must move all the same.
            for (int i = 0; i < w.Length; i++)
                parameters.Gradients[i] = random.NextInt(4) == 0 ? 0.1f * (float)random.NextGaussian() : 0;
            double[] g = [.. parameters.Gradients.Select((x, i) => x + ((i < parameters.TablesEnd ? tableL2 : denseL2) * w[i]))];
            double norm = Math.Sqrt(g.Sum(x => x * x)), clip = Math.Min(1, clipNorm / (norm + 1e-6));

            Assert.Equal(norm, optimizer.Step(1e-3), 1e-4);

            for (int i = 0; i < w.Length; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * clip * g[i]);
                v[i] = (0.999 * v[i]) + (0.001 * clip * g[i] * clip * g[i]);
                w[i] -= 1e-3 * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
                Assert.Equal(w[i], parameters.Values[i], 2e-6);
                Assert.Equal(0, parameters.Gradients[i]);
            }
        }
    }
}

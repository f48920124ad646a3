namespace RecServe.Compression.Experts;

/// <summary>The one-to-one assignment of the largest total (Hungarian method with potentials, Jonker and Volgenant 1987), in time n³.</summary>
internal static class Assignment
{
    /// <summary>The column of each row.</summary>
    /// <param name="gain">[n, n]: what assigning a row to a column is worth.</param>
    /// <param name="n">Rows and columns.</param>
    public static int[] Of(ReadOnlySpan<double> gain, int n)
    {
        // Rows and columns are counted from 1; column 0 stands for "not assigned yet". The cheapest assignment of cost = −gain is grown row by row.
        double[] ofRow = new double[n + 1], ofColumn = new double[n + 1];
        int[] rowOf = new int[n + 1], before = new int[n + 1];
        for (int row = 1; row <= n; row++)
        {
            double[] slack = [.. Enumerable.Repeat(double.PositiveInfinity, n + 1)];
            var done = new bool[n + 1];
            int column = 0;
            rowOf[0] = row;
            do
            {
                done[column] = true;
                int at = rowOf[column], next = 0;
                double least = double.PositiveInfinity;
                for (int c = 1; c <= n; c++)
                {
                    if (done[c])
                        continue;
                    double cost = -gain[((at - 1) * n) + c - 1] - ofRow[at] - ofColumn[c];
                    if (cost < slack[c])
                        (slack[c], before[c]) = (cost, column);
                    if (slack[c] < least)
                        (least, next) = (slack[c], c);
                }

                for (int c = 0; c <= n; c++)
                {
                    if (done[c])
                        (ofRow[rowOf[c]], ofColumn[c]) = (ofRow[rowOf[c]] + least, ofColumn[c] - least);
                    else
                        slack[c] -= least;
                }

                column = next;
            }
            while (rowOf[column] != 0);

            for (; column != 0; column = before[column])
                rowOf[column] = rowOf[before[column]];
        }

        var columns = new int[n];
        for (int c = 1; c <= n; c++)
            columns[rowOf[c] - 1] = c - 1;
        return columns;
    }
}

using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// The rows of a pass that chose one expert. Gates stand as [gates, rows, experts], those of one gate <c>area</c> numbers from the next one's; a gate of 0 means that the row's task does not take
/// the expert.
/// </summary>
internal static class ChosenRows
{
    /// <summary>Finds the rows that any gate sends to an expert.</summary>
    /// <param name="gates">All gates.</param>
    /// <param name="area">Numbers from one gate's to the next's.</param>
    /// <param name="count">How many gates there are.</param>
    /// <param name="experts">Experts, so numbers of a row.</param>
    /// <param name="rows">Rows of the pass.</param>
    /// <param name="expert">The expert.</param>
    /// <param name="taken">Takes the rows' numbers.</param>
    /// <returns>How many they are.</returns>
    public static int Find<T>(ReadOnlySpan<T> gates, int area, int count, int experts, int rows, int expert, Span<int> taken)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int found = 0;
        for (int row = 0; row < rows; row++)
        {
            bool any = false;
            for (int gate = 0; gate < count && !any; gate++)
                any = gates[(gate * area) + (row * experts) + expert] != T.Zero;
            if (any)
                taken[found++] = row;
        }

        return found;
    }

    /// <summary>Copies rows together.</summary>
    /// <param name="source">Rows, <paramref name="stride"/> numbers apart.</param>
    /// <param name="stride">Numbers from one to the next.</param>
    /// <param name="width">Numbers of a row that are taken.</param>
    /// <param name="taken">Which.</param>
    /// <param name="target">Takes them one after another.</param>
    public static void Gather<T>(ReadOnlySpan<T> source, int stride, int width, ReadOnlySpan<int> taken, Span<T> target)
    {
        for (int i = 0; i < taken.Length; i++)
            source.Slice(taken[i] * stride, width).CopyTo(target[(i * width)..]);
    }

    /// <summary>Adds an expert's outputs, times the gates, to the mixture of every gate that takes it.</summary>
    /// <param name="outputs">[taken rows, width]; [rows, width] where <paramref name="standing"/>.</param>
    /// <param name="width">Numbers of an output.</param>
    /// <param name="standing">Whether the outputs are those of all rows of the pass.</param>
    /// <param name="taken">Rows that chose the expert.</param>
    /// <param name="gates">All gates.</param>
    /// <param name="area">Numbers from one gate's to the next's.</param>
    /// <param name="count">How many gates there are.</param>
    /// <param name="experts">Experts.</param>
    /// <param name="expert">The expert.</param>
    /// <param name="mixed">[gates, rows, width].</param>
    /// <param name="mixedArea">Numbers from one gate's mixture to the next's.</param>
    public static void Mix<T>(ReadOnlySpan<T> outputs, int width, bool standing, ReadOnlySpan<int> taken, ReadOnlySpan<T> gates, int area, int count, int experts, int expert, Span<T> mixed, int mixedArea)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int g = 0; g < count; g++)
        {
            for (int i = 0; i < taken.Length; i++)
            {
                T gate = gates[(g * area) + (taken[i] * experts) + expert];
                if (gate != T.Zero)
                    GatedSum.Apply(outputs.Slice((standing ? taken[i] : i) * width, width), width, 1, [gate], 1, mixed.Slice((g * mixedArea) + (taken[i] * width), width), add: true);
            }
        }
    }
}

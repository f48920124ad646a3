namespace RecServe.Kernels;

/// <summary>The best of many scores without sorting them all: O(n log k), nothing allocated.</summary>
public static class TopK
{
    /// <summary>
    /// Indices of the highest scores, best first; equal scores by lower index, NaN after every number (−∞ included).
    /// </summary>
    /// <param name="scores">n scores.</param>
    /// <param name="indices">Receives min(k, n) indices, k being its length.</param>
    /// <returns>Number of indices written.</returns>
    public static int Select(ReadOnlySpan<float> scores, Span<int> indices)
    {
        int k = Math.Min(scores.Length, indices.Length);
        if (k == 0)
            return 0;

        // A heap of the k best so far with the worst of them on top, the one that a better score replaces.
        Span<int> heap = indices[..k];
        for (int i = 0; i < k; i++)
            heap[i] = i;
        for (int i = k / 2 - 1; i >= 0; i--)
            SiftDown(scores, heap, i);
        for (int i = k; i < scores.Length; i++)
        {
            if (Precedes(scores, i, heap[0]))
            {
                heap[0] = i;
                SiftDown(scores, heap, 0);
            }
        }

        for (int left = k - 1; left > 0; left--)
        {
            (heap[0], heap[left]) = (heap[left], heap[0]);
            SiftDown(scores, heap[..left], 0);
        }

        return k;
    }

    private static bool Precedes(ReadOnlySpan<float> scores, int a, int b)
    {
        float x = scores[a], y = scores[b];
        if (x > y)
            return true;
        if (x < y)
            return false;
        if (x == y || (float.IsNaN(x) && float.IsNaN(y)))
            return a < b;
        return float.IsNaN(y);
    }

    private static void SiftDown(ReadOnlySpan<float> scores, Span<int> heap, int at)
    {
        int moved = heap[at];
        for (int child; (child = 2 * at + 1) < heap.Length; at = child)
        {
            if (child + 1 < heap.Length && Precedes(scores, heap[child], heap[child + 1]))
                child++;
            if (Precedes(scores, heap[child], moved))
                break;
            heap[at] = heap[child];
        }

        heap[at] = moved;
    }
}
